// Package events tells other modules what has happened, without knowing who
// listens.
//
//	type Closed struct{ Case string `json:"case"` }        // ids, no personal data: it is stored
//	func (Closed) EventName() string { return "cases.closed.v1" }
//
//	err := bus.Publish(ctx, Closed{Case: number})                            // in the transaction of the change
//	events.Later(bus, "oversight", func(ctx context.Context, e Closed) error { … })
//	events.Now(bus, "workflow", func(ctx context.Context, e Closed) error { … })
//
// Later is the rule: one job per subscriber, inserted in the publisher's
// transaction, tried until it succeeds; one subscriber's failure is no other's.
// It may run twice and in another order than published. A subscriber that only
// writes rows has its events Together: many in one transaction, in their order
// and once, which costs a fraction. Now is for state that
// must never be seen apart from the change: it runs inside the publisher's
// transaction, and its error undoes the change.
//
// Every process that publishes must know the subscribers (internal/app wires
// them in one place), also one that only inserts.
package events
