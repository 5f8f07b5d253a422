//! Holding what a story sees against what it has to see, without ending the run of all the others.

/// What a story tells: that all was well, or what was not.
pub(crate) type Told = Result<(), String>;

/// Ends the story with these words unless the condition holds.
macro_rules! hold {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err(format!($($words)+));
        }
    };
}

/// Ends the story with these words unless both are equal; both are shown.
macro_rules! equal {
    ($left:expr, $right:expr, $($words:tt)+) => {
        let (left, right) = (&$left, &$right);
        if left != right {
            return Err(format!("{}: {left:?}, and not {right:?}", format_args!($($words)+)));
        }
    };
}

pub(crate) use {equal, hold};
