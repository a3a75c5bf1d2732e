package load

import "time"

func init() { rawTime = 200 * time.Millisecond }
