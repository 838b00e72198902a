//! What may be shown of a credential.

use domain::credential::{Credential, CredentialState};
use persistence::credential_records::CredentialRecord;

pub(super) fn state(suspended: bool) -> CredentialState {
    if suspended {
        CredentialState::Suspended
    } else {
        CredentialState::Active
    }
}

pub(super) fn credential(record: CredentialRecord) -> Credential {
    Credential {
        id: record.id,
        tenant: record.tenant,
        environment: record.environment,
        provider: record.provider,
        name: record.name,
        chosen: record.chosen,
        state: state(record.suspended),
        facts: record.facts,
        fingerprint: record.fingerprint,
        created_by: record.created_by,
        created_at: record.created_at,
        replaced_at: record.replaced_at,
        uses: record.uses,
        last_used_at: record.last_used_at,
        last_checked_at: record.last_checked_at,
        check: record.check,
        version: record.version,
    }
}
