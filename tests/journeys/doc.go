// Package journeys tells whole stories through the real program: the binary is
// built and started, people and other systems speak to it over HTTP, and both
// databases hear the same story.
//
//	testdata/script/*.txtar  stories as scripts: the village case, a correction,
//	                         a refusal, a step back, every command
//	clock_test.go            what the passing of days does to a case
//	together_test.go         two counters at once, one application sent twice
//	bad_input_test.go        what is refused, with what words, leaving nothing
//	interfaces_test.go       the interfaces that stay, endpoint by endpoint
//	clock_jumps_test.go      the machine's clock is set, or wrong at the start
//	upgrade_test.go          a new release migrates while the old one works
//	poison_test.go           rows that nobody can read any more
//	crash_test.go            the machine dies in the middle of the morning
//	full_disk_test.go        there is no room left
//	lost_database_test.go    the database goes away and comes back
//	lost_words_test.go       … while people type
//	failing_job_test.go      a job that never succeeds
//	slow_store_test.go       the object store takes a file and says nothing
//
// The sample city is made once per database by `yimen demo` and copied for
// each test that changes more than its own cases. PostgreSQL takes part when
// YIMEN_TEST_POSTGRES names a server (scripts/with-postgres starts one).
package journeys
