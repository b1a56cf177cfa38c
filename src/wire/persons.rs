//! What is asked for a person, and the answer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FieldError, RuleReply, VerdictReply};
use crate::person::{Person, PersonError};
use crate::service::ErasureReceipt;
use crate::site::Site;

/// Whose comments an erasure or an export is about, in the form of `POST /v1/erasures` and
/// `POST /v1/exports`: exactly one of the first three.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PersonRequest {
    /// The e-mail address given; case does not count.
    #[schema(example = "joe@mail.example")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The IP address that the comments came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// The name signed with; case does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The only site meant; all sites without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

/// Everything that is stored of a person, in the form of `POST /v1/exports`. It is written piece by
/// piece; this is what the pieces make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExportReply {
    /// Oldest first.
    pub verdicts: Vec<VerdictReply>,
    /// The rules that name the person and nobody else. No erasure takes them away: they are an
    /// admin's own decision, to be removed by `DELETE /v1/rules/{id}`.
    pub rules: Vec<RuleReply>,
}

/// What became of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErasureReply {
    /// Verdicts that are gone, with their comments.
    pub erased: u64,
    /// Corrections of them that were taken back, because their sites say so.
    pub retracted: u64,
    /// Corrections of them that stay learned, as hashes of features without a word.
    pub kept_learned: u64,
    /// Where in the log this stands; `null` if there was nothing to erase.
    pub sequence: Option<u64>,
}

impl TryFrom<PersonRequest> for (Person, Option<Site>) {
    type Error = FieldError;

    fn try_from(request: PersonRequest) -> Result<Self, FieldError> {
        type Read = fn(&str) -> Result<Person, PersonError>;
        let fields: [(&str, &Option<String>, Read); 3] = [
            ("email", &request.email, Person::email),
            ("ip", &request.ip, Person::ip),
            ("author", &request.author, Person::author),
        ];
        let mut given = fields
            .into_iter()
            .filter_map(|(name, text, read)| text.as_ref().map(|text| (name, text, read)));
        let Some((name, text, read)) = given.next() else {
            return Err(FieldError::new(
                "email",
                "give an email, an ip or an author",
            ));
        };
        if let Some((another, ..)) = given.next() {
            return Err(FieldError::new(
                another,
                format!("must not stand beside {name}"),
            ));
        }
        let person = read(text).map_err(|error| FieldError::new(name, error.to_string()))?;
        let site = request.site.as_deref().map(Site::parse).transpose();
        let site = site.map_err(|error| FieldError::new("site", error.to_string()))?;
        Ok((person, site))
    }
}

impl From<ErasureReceipt> for ErasureReply {
    fn from(receipt: ErasureReceipt) -> Self {
        Self {
            erased: receipt.erased,
            retracted: receipt.retracted,
            kept_learned: receipt.kept_learned,
            sequence: receipt.sequence,
        }
    }
}
