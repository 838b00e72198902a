//! Encrypted secrets decrypt only for their owner and with the right key.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::ids::TenantId;
use proptest::prelude::*;
use provisioning::ports::sealing::{SealError, Sealed, Sealer, SecretOwner};
use secrecy::{ExposeSecret, SecretString};
use secrets::{Envelope, Key, Keyring};
use std::{future::Future, sync::Arc};
use uuid::Uuid;

fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn envelope(current: Key, old: Vec<Key>) -> Envelope {
    Envelope::new(Arc::new(Keyring::new(current, old)))
}

fn owner(tenant: u128, place: &str) -> SecretOwner {
    SecretOwner {
        tenant_id: TenantId::from(Uuid::from_u128(tenant)),
        place: place.into(),
    }
}

fn seal(envelope: &Envelope, owner: &SecretOwner, text: &str) -> Sealed {
    now(envelope.seal(owner, &SecretString::from(text))).unwrap()
}

fn open(envelope: &Envelope, owner: &SecretOwner, sealed: &Sealed) -> Result<String, SealError> {
    now(envelope.open(owner, sealed)).map(|secret| secret.expose_secret().to_owned())
}

#[test]
fn a_secret_that_was_moved_to_another_row_or_tenant_does_not_open() {
    let envelope = envelope(Key::generate(), Vec::new());
    let here = owner(1, "workspaces/1/token");
    let sealed = seal(&envelope, &here, "canary");
    assert_eq!(open(&envelope, &here, &sealed).unwrap(), "canary");
    for elsewhere in [
        owner(1, "workspaces/2/token"),
        owner(1, "workspaces/1/key"),
        owner(1, ""),
        owner(2, "workspaces/1/token"),
    ] {
        assert!(
            matches!(
                open(&envelope, &elsewhere, &sealed),
                Err(SealError::NotAuthentic)
            ),
            "{elsewhere:?}"
        );
    }
}

#[test]
fn parts_of_two_secrets_do_not_make_a_third() {
    let envelope = envelope(Key::generate(), Vec::new());
    let here = owner(1, "a");
    let (one, two) = (
        seal(&envelope, &here, "canary-1"),
        seal(&envelope, &here, "canary-2"),
    );
    let mixed = Sealed {
        wrapped_key: one.wrapped_key.clone(),
        ..two
    };
    assert!(matches!(
        open(&envelope, &here, &mixed),
        Err(SealError::NotAuthentic)
    ));
}

#[test]
fn what_is_no_ciphertext_at_all_is_refused() {
    let envelope = envelope(Key::generate(), Vec::new());
    let here = owner(1, "a");
    let sealed = seal(&envelope, &here, "canary");
    for text in ["", "not base64!", "AAAA"] {
        for broken in [
            Sealed {
                ciphertext: text.into(),
                ..sealed.clone()
            },
            Sealed {
                wrapped_key: text.into(),
                ..sealed.clone()
            },
        ] {
            assert!(matches!(
                open(&envelope, &here, &broken),
                Err(SealError::NotAuthentic)
            ));
        }
    }
}

#[test]
fn a_missing_key_is_named_by_its_id() {
    let (right, wrong) = (Key::generate(), Key::generate());
    let id = right.id().to_owned();
    let here = owner(1, "a");
    let sealed = seal(&envelope(right, Vec::new()), &here, "canary");
    let said = open(&envelope(wrong, Vec::new()), &here, &sealed).unwrap_err();
    assert!(matches!(&said, SealError::KeyMissing(needed) if *needed == id));
    assert!(!format!("{said} {said:?}").contains("canary"));
}

#[test]
fn a_wrong_key_under_the_right_id_does_not_open() {
    let key = Key::generate();
    let here = owner(1, "a");
    let stranger = Key::generate();
    let mut sealed = seal(&envelope(stranger, Vec::new()), &here, "canary");
    sealed.key_id = key.id().to_owned();
    assert!(matches!(
        open(&envelope(key, Vec::new()), &here, &sealed),
        Err(SealError::NotAuthentic)
    ));
}

#[test]
fn an_old_key_opens_what_it_sealed_and_seals_no_more() {
    let text = Key::generate().to_text();
    let old = || Key::from_text(&text).unwrap();
    let here = owner(1, "a");
    let sealed = seal(&envelope(old(), Vec::new()), &here, "canary");
    let both = envelope(Key::generate(), vec![old()]);
    assert_eq!(open(&both, &here, &sealed).unwrap(), "canary");
    assert_ne!(seal(&both, &here, "canary").key_id, old().id());
}

#[test]
fn one_secret_sealed_twice_looks_different() {
    let envelope = envelope(Key::generate(), Vec::new());
    let here = owner(1, "a");
    let (one, two) = (
        seal(&envelope, &here, "canary"),
        seal(&envelope, &here, "canary"),
    );
    assert_ne!(one.ciphertext, two.ciphertext);
    assert_ne!(one.wrapped_key, two.wrapped_key);
}

proptest! {
    #[test]
    fn whatever_is_sealed_opens_again(text in ".*", place in ".*", tenant: u128) {
        let envelope = envelope(Key::generate(), Vec::new());
        let here = owner(tenant, &place);
        let sealed = seal(&envelope, &here, &text);
        prop_assert_eq!(open(&envelope, &here, &sealed).unwrap(), text);
    }

    #[test]
    fn what_was_changed_in_any_bit_does_not_open(
        text in ".{1,40}", which: bool, at: prop::sample::Index, bit in 0_u8..8,
    ) {
        let envelope = envelope(Key::generate(), Vec::new());
        let here = owner(1, "a");
        let mut sealed = seal(&envelope, &here, &text);
        let part = if which { &mut sealed.ciphertext } else { &mut sealed.wrapped_key };
        let mut bytes = STANDARD.decode(&*part).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        *part = STANDARD.encode(bytes);
        prop_assert!(matches!(open(&envelope, &here, &sealed), Err(SealError::NotAuthentic)));
    }
}
