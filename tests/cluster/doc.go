// Command cluster rehearses several machines on one (`make cluster-test`):
//
//	visitors ─▶ HAProxy ─▶ yimen web ×2 ─▶ PgBouncer ─▶ HAProxy ─▶ PostgreSQL primary ─▶ standby
//	                       yimen worker ─┘      (Patroni on both, votes in etcd)    files in MinIO
//
// It starts every part on a loopback port with the files of deploy/cluster, the
// same that an operator fills in, plays a load through the balancer, and
// meanwhile kills a web process, kills the primary with its keeper, lets it come
// back as standby, and switches over to it by hand. Then it audits: no
// acknowledged case lost, none double, the audit chain and every file whole. It
// prints how long visitors were without an answer each time.
//
// It needs the programs that scripts/cluster-test installs and builds. Exit
// status 0: all as it should be.
package main
