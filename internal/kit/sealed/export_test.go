package sealed

import "time"

// Hasten makes a ring read the keys again after a time, and take every process
// to have done so after another.
func (r *Ring) Hasten(again, settle time.Duration) { r.again, r.settle = again, settle }
