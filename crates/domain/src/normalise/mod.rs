//! Bringing texts that mean the same into one spelling, for comparing and finding. Never for storing over what was typed.

pub mod document;
pub mod fold;
pub mod phone;
pub mod text;
