//! The request of a form as a `curl` command.

use serde::Serialize;
use serde_json::Value;

/// A command that sends the same request to the REST API. The token is a variable, because secrets do not belong into a
/// history. The idempotency key is the form's own, so that the command and the button together create one resource.
pub fn command(
    public_url: &str,
    path: &str,
    input: &impl Serialize,
    idempotency_key: &str,
) -> String {
    let mut body = serde_json::to_value(input).unwrap_or_default();
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|_, value| !is_default(value));
    }
    let body = serde_json::to_string_pretty(&body).unwrap_or_default();
    // Inside single quotes, the shell changes nothing but the quote itself.
    let body = body.replace('\'', r"'\''");
    format!(
        "curl --fail-with-body {public_url}{path} \\\n  \
         --header \"Authorization: Bearer $HANGAR_TOKEN\" \\\n  \
         --header \"Idempotency-Key: {idempotency_key}\" \\\n  \
         --json '{body}'"
    )
}

/// Whether a field can be left out.
fn is_default(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::node::order::NodeOrderInput;

    #[test]
    fn the_command_survives_a_quote_in_a_field_and_leaves_out_what_is_empty() {
        let input = NodeOrderInput {
            name: "trainer".into(),
            run: "echo 'it works'".into(),
            ..NodeOrderInput::default()
        };
        let command = command("https://hangar.example.com", "/api/v1/nodes", &input, "k-1");
        assert!(command.contains(r"echo '\''it works'\''"), "{command}");
        assert!(command.contains("https://hangar.example.com/api/v1/nodes"));
        assert!(command.contains("Idempotency-Key: k-1"));
        for left_out in ["null", "spot", "setup"] {
            assert!(!command.contains(left_out), "{left_out} in {command}");
        }
    }
}
