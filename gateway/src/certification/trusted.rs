//! What this server itself believes when it is asked whether a certificate is valid: its own keys and its own lists.

use super::Certification;
use bytes::Bytes;
use opencowin_verify::Trust;

impl Certification {
    /// Its keys, and one of its status lists if there is such a one.
    pub async fn trusted(&self, list: Option<u32>) -> Trust {
        let mut trust = self.keys().trust().clone();
        let Some(list) = list else { return trust };
        if let Some(document) = self.status_document(list).await
            && let Err(error) = trust.take_list(&document)
        {
            tracing::error!(%error, list, "an own status list cannot be read");
        }
        trust
    }

    /// A status list as it is served.
    async fn status_document(&self, _list: u32) -> Option<Bytes> {
        None
    }
}
