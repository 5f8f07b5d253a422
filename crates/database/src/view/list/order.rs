//! In which order a list stands.
//!
//! People without a value come last whichever way a list is turned. A list that an index has in order is read from it in stretches, so
//! that its first rows are there at once, however many follow.

/// What a list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortColumn {
    #[default]
    Name,
    /// What fits a typed text best; by name where nothing is typed.
    Best,
    Email,
    City,
    Role,
    Segment,
    OrdersCount,
    TotalSpent,
    LastOrderAt,
    CreatedAt,
    UpdatedAt,
}

/// Customers that stand one after the other in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Who they are.
    pub condition: String,
    /// How they stand.
    pub order: String,
}

/// The first letter of the sort key of people without a name.
const NAMELESS: &str = "char(1114111)";

impl SortColumn {
    fn sql(self) -> &'static str {
        match self {
            SortColumn::Name | SortColumn::Best => "c.sort_name",
            SortColumn::Email => "c.email",
            SortColumn::City => "c.city",
            SortColumn::Role => "c.role",
            SortColumn::Segment => "c.segment",
            SortColumn::OrdersCount => "c.orders_count",
            SortColumn::TotalSpent => "c.total_spent_micro",
            SortColumn::LastOrderAt => "c.last_order_at",
            SortColumn::CreatedAt => "c.created_at",
            SortColumn::UpdatedAt => "c.updated_at",
        }
    }

    /// A list as its index has it. Customers with equal values stand by their number.
    pub(super) fn stretches(self, descending: bool) -> Vec<Stretch> {
        let column = self.sql();
        let direction = if descending { "DESC" } else { "ASC" };
        let stretch = |condition: String, order: String| Stretch { condition, order };
        let order = format!("{column} {direction}, c.id {direction}");
        match self {
            SortColumn::Name | SortColumn::Best if !descending => vec![stretch("1".to_owned(), order)],
            SortColumn::Name | SortColumn::Best => vec![
                stretch(format!("{column} < {NAMELESS}"), order.clone()),
                stretch(format!("{column} >= {NAMELESS}"), order),
            ],
            SortColumn::OrdersCount
            | SortColumn::TotalSpent
            | SortColumn::LastOrderAt
            | SortColumn::CreatedAt
            | SortColumn::UpdatedAt => vec![
                stretch(format!("{column} IS NOT NULL"), order),
                stretch(format!("{column} IS NULL"), format!("c.id {direction}")),
            ],
            SortColumn::Email | SortColumn::City | SortColumn::Role | SortColumn::Segment => {
                vec![stretch("1".to_owned(), self.order(descending))]
            }
        }
    }

    /// The same order for customers who have to be sorted anyway.
    pub(super) fn order(self, descending: bool) -> String {
        let column = self.sql();
        let direction = if descending { "DESC" } else { "ASC" };
        match self {
            SortColumn::Name | SortColumn::Best => {
                format!("{column} >= {NAMELESS}, {column} {direction}, c.id {direction}")
            }
            SortColumn::Email | SortColumn::City | SortColumn::Role | SortColumn::Segment => {
                format!("{column} IS NULL, {column} {direction}, c.sort_name, c.id {direction}")
            }
            _ => format!("{column} IS NULL, {column} {direction}, c.id {direction}"),
        }
    }
}
