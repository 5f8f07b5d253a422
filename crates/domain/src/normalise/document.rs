//! CPF, CNPJ, DNI, CUIT: shape, check digits, punctuation.

use crate::customer::DocumentKind;

/// Letters and digits only, letters as capitals.
pub fn bare(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// Tells the kind from shape and check digits. A number that fits none is [`DocumentKind::Unknown`].
pub fn guess_kind(number: &str) -> DocumentKind {
    let bare = bare(number);
    if is_cpf(&bare) {
        DocumentKind::Cpf
    } else if is_cnpj(&bare) {
        DocumentKind::Cnpj
    } else if is_cuit(&bare) {
        DocumentKind::Cuit
    } else if is_dni(&bare) {
        DocumentKind::Dni
    } else {
        DocumentKind::Unknown
    }
}

/// Whether the number holds for its kind; `None` where the kind has no rule here.
pub fn is_valid(kind: &DocumentKind, number: &str) -> Option<bool> {
    let bare = bare(number);
    match kind {
        DocumentKind::Cpf => Some(is_cpf(&bare)),
        DocumentKind::Cnpj => Some(is_cnpj(&bare)),
        DocumentKind::Cuit => Some(is_cuit(&bare)),
        DocumentKind::Dni => Some(is_dni(&bare)),
        DocumentKind::Other(_) | DocumentKind::Unknown => None,
    }
}

/// As people write it; the number itself when its length does not fit the kind.
pub fn display(kind: &DocumentKind, number: &str) -> String {
    let bare = bare(number);
    let shape = match (kind, bare.len()) {
        (DocumentKind::Cpf, 11) => "000.000.000-00",
        (DocumentKind::Cnpj, 14) => "00.000.000/0000-00",
        (DocumentKind::Cuit, 11) => "00-00000000-0",
        (DocumentKind::Dni, 8) => "00.000.000",
        (DocumentKind::Dni, 7) => "0.000.000",
        _ => return number.to_owned(),
    };
    let mut letters = bare.chars();
    shape.chars().filter_map(|place| if place == '0' { letters.next() } else { Some(place) }).collect()
}

fn is_cpf(bare: &str) -> bool {
    let Some(digits) = values(bare, 11).filter(|_| bare.bytes().all(|byte| byte.is_ascii_digit())) else {
        return false;
    };
    if digits.iter().all(|digit| *digit == digits[0]) {
        return false;
    }
    let check = |length: usize| {
        let sum: u32 = digits[..length]
            .iter()
            .zip((2..=length as u32 + 1).rev())
            .map(|(digit, weight)| digit * weight)
            .sum();
        sum * 10 % 11 % 10
    };
    check(9) == digits[9] && check(10) == digits[10]
}

/// Since July 2026 the first twelve places may be letters, valued by their ASCII code minus 48; the two check digits are
/// digits.
fn is_cnpj(bare: &str) -> bool {
    let Some(places) = values(bare, 14) else { return false };
    if !bare[12..].bytes().all(|byte| byte.is_ascii_digit()) || places.iter().all(|place| *place == places[0])
    {
        return false;
    }
    let check = |length: usize| {
        let weights = (2..=9).cycle();
        let sum: u32 = places[..length].iter().rev().zip(weights).map(|(place, weight)| place * weight).sum();
        match sum % 11 {
            0 | 1 => 0,
            rest => 11 - rest,
        }
    };
    check(12) == places[12] && check(13) == places[13]
}

fn is_cuit(bare: &str) -> bool {
    let Some(digits) = values(bare, 11).filter(|_| bare.bytes().all(|byte| byte.is_ascii_digit())) else {
        return false;
    };
    let sum: u32 =
        digits.iter().zip([5, 4, 3, 2, 7, 6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
    let check = match 11 - sum % 11 {
        11 => 0,
        other => other,
    };
    digits[0] >= 2 && check == digits[10]
}

fn is_dni(bare: &str) -> bool {
    matches!(bare.len(), 7 | 8) && bare.bytes().all(|byte| byte.is_ascii_digit())
}

fn values(bare: &str, length: usize) -> Option<Vec<u32>> {
    (bare.len() == length).then(|| bare.bytes().map(|byte| u32::from(byte) - 48).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_shape_and_check_digits() {
        for (number, kind) in [
            ("529.982.247-25", DocumentKind::Cpf),
            ("52998224725", DocumentKind::Cpf),
            ("11.222.333/0001-81", DocumentKind::Cnpj),
            ("12.ABC.345/01DE-35", DocumentKind::Cnpj),
            ("12abc34501de35", DocumentKind::Cnpj),
            ("20-12345678-6", DocumentKind::Cuit),
            ("12345678", DocumentKind::Dni),
            ("111.111.111-11", DocumentKind::Unknown),
            ("ABC", DocumentKind::Unknown),
            ("", DocumentKind::Unknown),
        ] {
            assert_eq!(guess_kind(number), kind, "{number}");
        }
    }

    #[test]
    fn punctuation_is_put_where_people_expect_it() {
        assert_eq!(display(&DocumentKind::Cpf, "01234567890"), "012.345.678-90");
        assert_eq!(display(&DocumentKind::Cnpj, "12abc34501de35"), "12.ABC.345/01DE-35");
        assert_eq!(display(&DocumentKind::Dni, "12345678"), "12.345.678");
        assert_eq!(display(&DocumentKind::Cpf, "123"), "123");
    }
}
