//! The admin's view: list, detail, update, role.

use serde_json::Value;

use crate::clock::{MINUTE, Moment};
use crate::platform::inallweb::book::{Account, ROLES, Role, SEGMENTS, Segment};
use crate::platform::inallweb::choices::{
    AdminDemotes, Choices, ListItemShape, ListOrder, ListStaff, NullClears, Search, SegmentSpelling,
    StoredForm, TextId, TotalWrong, UnknownSegment, UpdatedAt,
};
use crate::platform::inallweb::refusal::{Problems, refuse};
use crate::platform::inallweb::sent::Sent;
use crate::platform::inallweb::{InAllWeb, body, sent};
use crate::server::{Answer, Call};
use crate::text::contains_ignoring_case;

/// Fields of an account that a request may change; admins and the account itself may change different ones.
pub(super) struct Changes {
    pub(super) first_name: Sent<String>,
    pub(super) last_name: Sent<String>,
    pub(super) phone: Sent<String>,
    pub(super) is_active: Sent<bool>,
    pub(super) email: Sent<String>,
}

impl InAllWeb {
    pub(super) fn list(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        self.at_least(Role::Manager, call, now)?;
        let mut problems = Problems::default();
        let page = whole_number(call, "page", 1, usize::MAX, &mut problems);
        let largest = self.choices.page_size_max.number();
        let usual = self.choices.page_size_default.number().min(largest);
        let page_size = whole_number(call, "page_size", usual, largest, &mut problems);
        let segment = self.segment_filter(call, &mut problems);
        problems.settle()?;

        self.refresh_listing(call.parameter("search").unwrap_or_default(), segment, now);
        let none = Vec::new();
        let found = self.listing.as_ref().map_or(&none, |listing| &listing.positions);
        let total = match self.choices.total_wrong {
            TotalWrong::No => found.len(),
            TotalWrong::High => found.len() + 7,
            TotalWrong::Low => found.len().saturating_sub(7),
        };
        let items: Vec<body::Base<'_>> = found
            .iter()
            .skip((page - 1).saturating_mul(page_size))
            .take(page_size)
            .map(|at| &self.book.accounts[*at])
            .map(|account| match self.choices.list_item_shape {
                ListItemShape::Base => body::base(account, &self.choices),
                ListItemShape::Full => body::full(account, &self.choices, now),
            })
            .collect();
        let pages = total.div_ceil(page_size);
        Ok(Answer::json(200, &Page { items, total, page, page_size, pages }))
    }

    fn refresh_listing(&mut self, search: &str, segment: SegmentFilter, now: Moment) {
        let needle = search.trim().to_lowercase();
        // Segments change by the mere passing of time, if never from one page to the next.
        let minute = if segment == SegmentFilter::All { 0 } else { now / MINUTE };
        let question = format!("{needle:?} {segment:?} {minute} {:?}", self.choices);
        let generation = self.book.generation;
        if self
            .listing
            .as_ref()
            .is_some_and(|known| known.question == question && known.generation == generation)
        {
            return;
        }
        let accounts = &self.book.accounts;
        let mut positions: Vec<usize> = (0..accounts.len())
            .filter(|at| self.is_listed(&accounts[*at]))
            .filter(|at| needle.is_empty() || is_found(&accounts[*at], &needle, &self.choices))
            .filter(|at| match segment {
                SegmentFilter::All => true,
                SegmentFilter::One(segment) => accounts[*at].segment(&self.choices, now) == segment,
                SegmentFilter::NoSuch => false,
            })
            .collect();
        match self.choices.list_order {
            ListOrder::Id => {}
            ListOrder::IdDescending => positions.reverse(),
            ListOrder::Updated => {
                positions.sort_by_key(|at| std::cmp::Reverse((accounts[*at].updated_at, *at)))
            }
        }
        self.listing = Some(Listing { question, generation, positions });
    }

    /// Those whom the customer screens show.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Account> {
        self.book.accounts.iter().filter(|account| self.is_listed(account))
    }

    fn is_listed(&self, account: &Account) -> bool {
        !account.deleted && (self.choices.list_staff == ListStaff::Yes || !account.is_staff)
    }

    pub(super) fn detail(&self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        self.at_least(Role::Manager, call, now)?;
        let id = self.number_in_path("customer_id", id)?;
        let account = self.listed_by_id(id)?;
        Ok(Answer::json(200, &body::detail(account, &self.choices, now)))
    }

    pub(super) fn update(&mut self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = sent::object(call)?;
        self.at_least(Role::Manager, call, now)?;
        let id = self.number_in_path("customer_id", id)?;
        let mut problems = Problems::default();
        let known = ["first_name", "last_name", "phone", "is_active"];
        sent::mind_unknown(&fields, &known, &self.choices, &mut problems);
        let changes = Changes {
            first_name: sent::text(&fields, "first_name", 255, &mut problems),
            last_name: sent::text(&fields, "last_name", 255, &mut problems),
            phone: sent::text(&fields, "phone", 50, &mut problems),
            is_active: sent::truth(&fields, "is_active", &mut problems),
            // The admin's route knows no e-mail; like any unknown key it is passed over.
            email: Sent::Absent,
        };
        problems.settle()?;
        let id = self.listed_by_id(id)?.id;
        self.change(id, changes, now)
    }

    pub(super) fn give_role(&mut self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = sent::object(call)?;
        let giver = self.signed_in(call, now)?.role;
        if giver < Role::Admin {
            return Err(refuse(403, "Only administrators can change roles"));
        }
        let id = self.number_in_path("user_id", id)?;
        let mut problems = Problems::default();
        let spelling = sent::required_text(&fields, "role", &mut problems);
        problems.settle()?;
        let Some(given) = ROLES.into_iter().find(|role| body::role(*role, &self.choices) == spelling) else {
            let known = ROLES.map(|role| format!("'{}'", body::role(role, &self.choices))).join(", ");
            let mut problems = Problems::default();
            problems.add(&["body", "role"], "enum", &format!("Input should be {known}"), spelling.into());
            return Err(problems.refusal());
        };
        if given >= Role::Admin && giver != Role::SysAdmin {
            return Err(refuse(403, "Only a system administrator can give this role"));
        }
        let moves = self.choices.updated_at == UpdatedAt::Moves;
        let demotes = giver == Role::SysAdmin || self.choices.admin_demotes == AdminDemotes::Yes;
        let id = id - body::user_id(0, &self.choices);
        let account = self.book.get_mut(id).filter(|account| !account.deleted);
        let account = account.ok_or_else(|| refuse(404, "User not found"))?;
        if account.role >= Role::Admin && !demotes {
            return Err(refuse(403, "Only a system administrator can take this role away"));
        }
        if account.role != given && moves {
            account.updated_at = now;
        }
        account.role = given;
        Ok(Answer::json(200, &body::with_role(account, &self.choices)))
    }

    /// Writes what was sent and answers the base object alone.
    pub(super) fn change(&mut self, id: i64, changes: Changes, now: Moment) -> Result<Answer, Answer> {
        let choices = self.choices;
        let clears = choices.null_clears == NullClears::Clear;
        let stored =
            |text: String| if choices.stored_form == StoredForm::Tidied { tidied(&text) } else { text };
        let account = self.book.get_mut(id).ok_or_else(|| refuse(404, "Customer not found"))?;
        let before = account.clone();
        let names =
            [(&mut account.first_name, changes.first_name), (&mut account.last_name, changes.last_name)];
        for (field, change) in names {
            match change {
                Sent::Value(text) => *field = stored(text),
                // A name has no null to become.
                Sent::Null if clears => field.clear(),
                Sent::Null | Sent::Absent => {}
            }
        }
        match changes.phone {
            Sent::Value(text) if choices.stored_form == StoredForm::Tidied => {
                account.phone = Some(dialled(&text))
            }
            Sent::Value(text) => account.phone = Some(text),
            Sent::Null if clears => account.phone = None,
            Sent::Null | Sent::Absent => {}
        }
        if let Sent::Value(email) = changes.email {
            account.email =
                if choices.stored_form == StoredForm::Tidied { email.trim().to_lowercase() } else { email };
            account.email_verified &= account.email == before.email;
        }
        if let Sent::Value(active) = changes.is_active {
            account.is_active = active;
        }
        let now_and_before = |account: &Account| {
            let Account { first_name, last_name, phone, email, is_active, .. } = account.clone();
            (first_name, last_name, phone, email, is_active)
        };
        if now_and_before(account) != now_and_before(&before) && choices.updated_at == UpdatedAt::Moves {
            account.updated_at = now;
        }
        Ok(Answer::json(200, &body::base(account, &choices)))
    }

    /// Text in the place of a number is a malformed request rather than an unknown record.
    fn number_in_path(&self, name: &str, text: &str) -> Result<i64, Answer> {
        text.parse().map_err(|_| match self.choices.text_id {
            TextId::NotFound => refuse(404, "Not Found"),
            TextId::Unprocessable => {
                let mut problems = Problems::default();
                problems.not_an_integer(&["path", name], text);
                problems.refusal()
            }
        })
    }

    fn listed_by_id(&self, id: i64) -> Result<&Account, Answer> {
        let account = self.book.get(id).filter(|account| self.is_listed(account));
        account.ok_or_else(|| refuse(404, "Customer not found"))
    }

    fn segment_filter(&self, call: &Call, problems: &mut Problems) -> SegmentFilter {
        let Some(spelling) = call.parameter("segment").filter(|text| !text.is_empty()) else {
            return SegmentFilter::All;
        };
        let known = |segment: &Segment| {
            let own = body::segment(*segment, &self.choices);
            match self.choices.segment_filter {
                SegmentSpelling::AnyCase => own.eq_ignore_ascii_case(spelling),
                SegmentSpelling::Exact => own == spelling,
            }
        };
        match (SEGMENTS.into_iter().find(known), self.choices.unknown_segment) {
            (Some(segment), _) => SegmentFilter::One(segment),
            (None, UnknownSegment::Empty) => SegmentFilter::NoSuch,
            (None, UnknownSegment::Refused) => {
                let message = "Input should be 'vip', 'regular', 'inactive' or 'new'";
                problems.add(&["query", "segment"], "enum", message, spelling.into());
                SegmentFilter::NoSuch
            }
        }
    }
}

/// A listing kept for its further pages: making it anew for each would cost a large store its speed.
pub(super) struct Listing {
    question: String,
    generation: u64,
    positions: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SegmentFilter {
    All,
    One(Segment),
    NoSuch,
}

#[derive(serde::Serialize)]
struct Page<'a> {
    items: Vec<body::Base<'a>>,
    total: usize,
    page: usize,
    page_size: usize,
    pages: usize,
}

fn whole_number(call: &Call, name: &str, default: usize, largest: usize, problems: &mut Problems) -> usize {
    let Some(text) = call.parameter(name) else {
        return default;
    };
    let mut out_of_range = |kind: &str, word: &str, bound: usize| {
        let message = format!("Input should be {word} than or equal to {bound}");
        problems.add(&["query", name], kind, &message, Value::from(text));
        default
    };
    match text.parse::<i128>() {
        Ok(number) if number < 1 => out_of_range("greater_than_equal", "greater", 1),
        Ok(number) if number > largest as i128 => out_of_range("less_than_equal", "less", largest),
        Ok(number) => number as usize,
        Err(_) => {
            problems.not_an_integer(&["query", name], text);
            default
        }
    }
}

/// Name and e-mail are searched, and nothing else unless a variant says so.
fn is_found(account: &Account, needle: &str, choices: &Choices) -> bool {
    let phone = account.phone.as_deref().unwrap_or_default();
    let texts = [account.name(), account.email.clone()];
    let holds = texts.iter().any(|text| contains_ignoring_case(text, needle));
    match choices.search {
        Search::Contains => holds,
        Search::WithPhone => holds || contains_ignoring_case(phone, needle),
        Search::Prefix => texts.iter().any(|text| text.to_lowercase().starts_with(needle)),
        Search::Ignored => true,
    }
}

fn tidied(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is left of a phone number where only what can be dialled is kept.
fn dialled(text: &str) -> String {
    text.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect()
}
