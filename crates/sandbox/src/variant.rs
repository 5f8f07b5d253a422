//! Variants: the questions that no document answers, each with the answers that are plausible.
//!
//! A platform declares its own with [`choices!`], which gives each question an enum, so that a value that no
//! code path reads cannot be declared and a new value does not compile until every path knows it.

/// One undocumented behaviour and the ways in which it can go.
#[derive(Clone, Debug)]
pub struct VariantInfo {
    /// The name to set it by, `platform.name`.
    pub key: &'static str,
    /// The platform it belongs to.
    pub platform: &'static str,
    /// Every value it takes.
    pub values: &'static [&'static str],
    /// The value it has when nobody says otherwise.
    pub default: &'static str,
    /// What it decides.
    pub about: &'static str,
}

/// Declares a platform's variants: `name: Enum = Value "spelling" | ...;`, the first value being the default.
macro_rules! choices {
    ($platform:literal; $(
        $(#[doc = $about:literal])+
        $name:ident: $kind:ident = $($value:ident $text:literal)|+;
    )+) => {
        $(
            $(#[doc = $about])+
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub(crate) enum $kind { $($value),+ }
        )+

        /// The values in force.
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct Choices { $(pub(crate) $name: $kind),+ }

        impl Default for Choices {
            fn default() -> Self {
                Choices { $($name: [$($kind::$value),+][0]),+ }
            }
        }

        impl Choices {
            /// Whether the name and the value were known; `name` comes without the platform.
            pub(crate) fn set(&mut self, name: &str, value: &str) -> bool {
                match (name, value) {
                    $($((stringify!($name), $text) => self.$name = $kind::$value,)+)+
                    _ => return false,
                }
                true
            }
        }

        pub(crate) const VARIANTS: &[crate::variant::VariantInfo] = &[$(
            crate::variant::VariantInfo {
                key: concat!($platform, ".", stringify!($name)),
                platform: $platform,
                values: &[$($text),+],
                default: [$($text),+][0],
                about: concat!($($about),+).trim_ascii(),
            }
        ),+];
    };
}

pub(crate) use choices;
