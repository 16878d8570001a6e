//! What is published so that anybody can check certificates.

use crate::app::App;
use crate::http::reply::Reply;
use crate::routes::Published;
use http::request::Parts;

/// One of the documents.
pub fn serve(app: &App, published: Published, parts: &Parts) -> Reply {
    let certification = app.certification();
    match published {
        Published::Did => certification.keys().did().reply(parts),
        Published::Jwks => certification.keys().jwks().reply(parts),
        Published::Context => certification.context().reply(parts),
    }
}
