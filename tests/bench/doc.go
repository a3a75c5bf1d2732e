// Command bench measures the program against the budgets of design §6 and
// prints, beside each figure, what the database alone does with the same rows:
//
//	scripts/with-postgres go run ./tests/bench            every budget, seven minutes
//	scripts/with-postgres go run ./tests/bench --quick    with few cases, some two minutes
//	… --cases 1000000 --engine postgres --json figures.json
//
// It builds the program, starts the sample city in a folder of its own, fills
// it (as yimen load --fill does) with as many cases as asked for, and puts clients on it over
// HTTP; what is written is written by the same modules in this process. Load
// and program share the machine, as do PostgreSQL and its clients: the figures
// are what one small machine does with everything on it. Nothing is asserted.
package main
