// Package dbtest gives tests a migrated database of their own, on both
// engines:
//
//	dbtest.Each(t, []db.Source{cases.Migrations}, func(t *testing.T, d *db.DB) { … })
//
// SQLite always runs. PostgreSQL runs when YIMEN_TEST_POSTGRES holds the
// address of a server where we may create databases (scripts/with-postgres
// starts one); a server that does not answer fails the test.
//
// The migrations run once: SQLite's file is then copied per test, PostgreSQL's
// database serves as the template of each test's database. The tables of the
// job queue and of search are always there; audit's triggers are when audit's
// migrations are.
package dbtest
