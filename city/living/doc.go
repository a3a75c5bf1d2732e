// Package living gives the sample city two months of life: some two thousand
// cases handed in, accepted, corrected, paused, decided and delivered by its
// people, through the same verbs and rights as on any other day, with the
// clock moved to when each act would have happened. What would happen after
// today has not happened yet, so every state has its cases. All are marked as
// sample.
package living
