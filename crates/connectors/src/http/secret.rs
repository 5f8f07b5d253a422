//! Secrets on their way into a header. They go nowhere else: not into an address, an error or a log line.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::ConnectorError;

/// A header value of `prefix` and the secret, marked so that nothing prints it.
///
/// # Errors
/// [`ConnectorError::SignIn`] when the secret holds what no header can carry, such as a line end from pasting.
pub fn secret_header(prefix: &str, secret: &SecretString) -> Result<HeaderValue, ConnectorError> {
    let text = format!("{prefix}{}", secret.expose_secret().trim());
    let mut value = HeaderValue::from_str(&text).map_err(|_| ConnectorError::SignIn {
        message: "the token holds characters that no token has".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_a_header_is_not_printed() {
        let value = secret_header("Bearer ", &SecretString::from("  s3cret \n")).unwrap();
        assert_eq!(value.as_bytes(), b"Bearer s3cret");
        assert_eq!(format!("{value:?}"), "Sensitive");
    }

    #[test]
    fn a_token_with_a_line_end_inside_is_refused_without_being_shown() {
        let error = secret_header("", &SecretString::from("a\nb")).unwrap_err();
        assert!(!error.to_string().contains('b') || !format!("{error:?}").contains("a\\nb"));
        assert!(matches!(error, ConnectorError::SignIn { .. }));
    }
}
