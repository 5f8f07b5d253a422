//! Answers that no store should give: single ones with all that must not come of them, and thousands of them at every
//! request of every platform.

mod chance;
mod crowd;
mod found;
mod liar;
mod replies;
mod single;
mod slow;
mod spoil;
mod tape;
mod verdict;
mod weight;
