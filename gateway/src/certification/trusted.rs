//! What this server itself believes when it is asked whether a certificate is valid: its own keys and its own lists.

use super::Certification;
use opencowin_verify::Trust;

impl Certification {
    /// Its keys, and one of its status lists if there is such a one.
    pub async fn trusted(&self, list: Option<u32>) -> Trust {
        let mut trust = self.keys().trust().clone();
        let Some(list) = list else { return trust };
        if let Ok(Some(document)) = self.lists().get(list).await
            && let Err(error) = trust.take_list(document.body())
        {
            tracing::error!(%error, list, "an own status list cannot be read");
        }
        trust
    }
}
