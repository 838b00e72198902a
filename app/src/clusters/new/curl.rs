//! The same order as a command, for those who want to automate it.

use domain::order::OrderInput;

/// A `curl` command that orders the same over REST. The token is a variable: secrets do not belong into a history. The
/// key is the form's own, so that the command and the button together order once.
pub fn command(public_url: &str, input: &OrderInput, idempotency_key: &str) -> String {
    let mut body = serde_json::to_value(input).unwrap_or_default();
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    let body = serde_json::to_string_pretty(&body).unwrap_or_default();
    // Inside of single quotes the shell leaves everything alone but the quote itself.
    let body = body.replace('\'', r"'\''");
    format!(
        "curl --fail-with-body {public_url}/api/v1/clusters \\\n  \
         --header \"Authorization: Bearer $HANGAR_TOKEN\" \\\n  \
         --header \"Idempotency-Key: {idempotency_key}\" \\\n  \
         --json '{body}'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_survives_a_quote_in_a_field() {
        let input = OrderInput {
            name: "it's".into(),
            ..OrderInput::default()
        };
        let command = command("https://hangar.example.com", &input, "k-1");
        assert!(command.contains(r"it'\''s"));
        assert!(command.contains("https://hangar.example.com/api/v1/clusters"));
        assert!(command.contains("Idempotency-Key: k-1"));
        assert!(!command.contains("null"));
    }
}
