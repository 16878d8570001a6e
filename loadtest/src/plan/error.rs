//! Why there is no plan.

/// Why figures or wishes were not accepted.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A number that makes no sense.
    #[error("{name}: {why}")]
    Absurd {
        /// Which.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A result that says nothing about what the target holds.
    #[error("{file} is no source for a plan: {why}")]
    Unfit {
        /// The file that was given.
        file: String,
        /// Why, in a sentence.
        why: String,
    },
    /// Results without the processors on which they were reached.
    #[error(
        "--server-cores is missing: rates per core need the number of cores that the server had in these runs"
    )]
    NoServerCores,
    /// A file that could not be read.
    #[error("{file} cannot be read: {why}")]
    Unreadable {
        /// Which.
        file: String,
        /// Why.
        why: String,
    },
    /// The plan could not be written.
    #[error("the plan could not be written: {0}")]
    Output(#[from] std::io::Error),
}
