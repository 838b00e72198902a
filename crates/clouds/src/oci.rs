//! Oracle Cloud: the user's own record, requested with a signature.
//! <https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm>,
//! <https://docs.oracle.com/en-us/iaas/api/#/en/identity/20160918/User/GetUser>

use crate::{
    Clouds,
    provider::{Provider, Secrets, lasting, passing, unusable},
    signing::SigningKey,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::outside_text::readable;
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use provisioning::ports::{
    cloud_credentials::{CloudIdentity, CredentialError},
    cloud_review::OciAccess,
};
use reqwest::{StatusCode, header};
use secrecy::ExposeSecret;

const API_VERSION: &str = "20160918";

/// Codes: <https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm>
const OCI: Provider = Provider {
    title: "Oracle Cloud",
    signed: true,
    hints: &[
        passing(
            "clock skew",
            "the portal's clock is wrong according to Oracle; synchronise it by NTP",
        ),
        lasting(
            "NotAuthenticated",
            "the user, the tenancy, the fingerprint and the private key do not belong together, or the key was deleted",
        ),
    ],
};

pub async fn who_am_i(
    clouds: &Clouds,
    access: &OciAccess,
) -> Result<CloudIdentity, CredentialError> {
    let user = &access.user_ocid;
    let realm = access.tenancy_ocid.split('.').nth(2).unwrap_or_default();
    let domain = domain_of(realm).ok_or_else(|| {
        unusable(format!(
            "the portal does not know the realm {realm} of Oracle Cloud"
        ))
    })?;
    let origin = format!("https://identity.{}.oci.{domain}", access.region);
    let url = clouds.url(&origin, &[API_VERSION, "users", user])?;
    let date = DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&Timestamp::now())
        .map_err(|_| unusable("the portal's clock is out of range"))?;
    let host = match (url.host_str().unwrap_or_default(), url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    };
    let text = format!(
        "(request-target): get {}\ndate: {date}\nhost: {host}",
        url.path()
    );
    let key = SigningKey::read(&access.private_key_pem)?;
    let signature = STANDARD.encode(key.sign(&text)?);
    let authorization = format!(
        "Signature version=\"1\",keyId=\"{}/{user}/{}\",algorithm=\"rsa-sha256\",\
         headers=\"(request-target) date host\",signature=\"{signature}\"",
        access.tenancy_ocid, access.fingerprint
    );
    let request = clouds
        .http
        .get(url)
        .header(header::DATE, date)
        .header(header::AUTHORIZATION, authorization);
    let answer = clouds.ask(&OCI, request).await?;
    let tenancy = Some(access.tenancy_ocid.clone());
    // Signatures are verified first (401): this user exists and may not read its own record.
    let refusal = answer.refusal();
    if answer.status == StatusCode::NOT_FOUND
        && refusal.is_some_and(|refusal| refusal.code == "NotAuthorizedOrNotFound")
    {
        return Ok(CloudIdentity {
            account: tenancy,
            identity: Some(user.clone()),
        });
    }
    let secrets = Secrets::new(&[&signature, access.private_key_pem.expose_secret()]);
    let found = answer.accepted(&OCI, &secrets)?;
    let name = found["name"]
        .as_str()
        .ok_or_else(|| OCI.not_from(StatusCode::OK))?;
    if matches!(
        found["lifecycleState"].as_str(),
        Some("INACTIVE" | "DELETING" | "DELETED")
    ) {
        return Err(unusable(
            "the user is inactive; unblock it in the Oracle Cloud console",
        ));
    }
    Ok(CloudIdentity {
        account: tenancy,
        identity: Some(readable(name, 254)),
    })
}

/// The domain of a realm. A table, since a made-up realm would be a domain that anybody can register.
/// <https://docs.oracle.com/en-us/iaas/Content/General/Concepts/regions.htm>
fn domain_of(realm: &str) -> Option<&'static str> {
    Some(match realm {
        "oc1" => "oraclecloud.com",
        "oc2" | "oc3" => "oraclegovcloud.com",
        "oc4" => "oraclegovcloud.uk",
        "oc8" => "oraclecloud8.com",
        "oc9" => "oraclecloud9.com",
        "oc10" => "oraclecloud10.com",
        "oc14" => "oraclecloud14.com",
        "oc15" => "oraclecloud15.com",
        "oc19" => "oraclecloud.eu",
        "oc20" => "oraclecloud20.com",
        "oc21" => "oraclecloud21.com",
        "oc23" => "oraclecloud23.com",
        "oc24" => "oraclecloud24.com",
        "oc26" => "oraclecloud26.com",
        "oc29" => "oraclecloud29.com",
        "oc35" => "oraclecloud35.com",
        _ => return None,
    })
}
