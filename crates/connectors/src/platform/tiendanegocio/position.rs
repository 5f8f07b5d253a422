//! Where a page of the list begins, as a text that outlives the program.

use std::fmt;

use crate::ConnectorError;
use crate::reading::is_digits;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Position {
    /// Behind this id. `promised`: the page before told of a next one.
    Behind { id: String, promised: bool },
    /// A numbered page. The size belongs to it: page 3 of 100 is not page 3 of 50.
    Numbered(Numbered),
    /// So many of the wanted ids have been asked for.
    Ids(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) page: u64,
    pub(super) size: u32,
    /// First and last id of the page before, where the store does not number its pages: a page that is the same again does not
    /// move on.
    pub(super) before: Option<String>,
}

impl Position {
    pub(super) fn parse(text: &str) -> Result<Self, ConnectorError> {
        let read = match text.split_once(':') {
            Some(("since_id", id)) => {
                let (id, promised) = id.strip_suffix('+').map_or((id, false), |id| (id, true));
                is_digits(id).then(|| Self::Behind { id: id.to_owned(), promised })
            }
            Some(("page", rest)) => Numbered::parse(rest).map(Self::Numbered),
            Some(("ids", count)) => count.parse().ok().map(Self::Ids),
            _ => None,
        };
        read.ok_or_else(|| ConnectorError::Unwritable {
            field: "position".to_owned(),
            message: "this is not a position of this platform".to_owned(),
        })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Behind { id, promised } => {
                write!(formatter, "since_id:{id}{}", if *promised { "+" } else { "" })
            }
            Self::Numbered(Numbered { page, size, before: None }) => write!(formatter, "page:{page}/{size}"),
            Self::Numbered(Numbered { page, size, before: Some(before) }) => {
                write!(formatter, "page:{page}/{size}/{before}")
            }
            Self::Ids(count) => write!(formatter, "ids:{count}"),
        }
    }
}

impl Numbered {
    pub(super) fn first(size: u32) -> Self {
        Self { page: 1, size, before: None }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '/');
        let (page, size) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        (page >= 1 && size >= 1).then(|| Self { page, size, before: parts.next().map(str::to_owned) })
    }

    /// Records of the list in front of this page.
    pub(super) fn offset(&self) -> u64 {
        (self.page - 1).saturating_mul(u64::from(self.size))
    }

    /// The page of another size that holds the same first record, so that nothing is skipped.
    pub(super) fn with_size(self, size: u32) -> Self {
        let size = size.max(1);
        Self { page: self.offset() / u64::from(size) + 1, size, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_written_and_read_and_nothing_else_is_one() {
        for position in [
            Position::Behind { id: "9007199254740993".to_owned(), promised: true },
            Position::Behind { id: "0".to_owned(), promised: false },
            Position::Numbered(Numbered { page: 4, size: 100, before: None }),
            Position::Numbered(Numbered { page: 4, size: 100, before: Some("25-301".to_owned()) }),
            Position::Ids(50),
        ] {
            assert_eq!(Position::parse(&position.to_string()), Ok(position));
        }
        for wrong in ["", "since_id:", "since_id:x", "page:0/10", "page:1/0", "page:3", "ids:-1", "cursor:7"]
        {
            assert!(Position::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_smaller_page_begins_no_later_than_the_larger_one() {
        let at = Numbered { page: 4, size: 100, before: None };
        assert_eq!(at.clone().with_size(50).page, 7);
        assert_eq!(at.with_size(70).page, 5);
    }
}
