package journeys

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A smallDisk is a file system of its own that a test may fill.
type smallDisk struct{ dir string }

// mountDisk mounts a disk of so many bytes. It needs root, as CI is; a machine
// where nothing can be mounted cannot tell whether the program survives a full
// disk, so the test fails there and says so.
func mountDisk(t *testing.T, size int) *smallDisk {
	t.Helper()
	dir, err := os.MkdirTemp("", "yimen-full-disk-")
	must(t, err)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0755", size)); err != nil {
		t.Fatalf("mount a small disk: %v: this test needs root (sudo, or a container with CAP_SYS_ADMIN)", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount the small disk: %v", err)
		}
		_ = os.Remove(dir)
	})
	return &smallDisk{dir}
}

// fill leaves not one free byte.
func (d *smallDisk) fill(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(d.dir, "ballast"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	must(t, err)
	defer f.Close()
	if _, err := io.Copy(f, zero{}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk does not fill: %v", err)
	}
}

func (d *smallDisk) free(t *testing.T) {
	t.Helper()
	must(t, os.Remove(filepath.Join(d.dir, "ballast")))
}

// cityOnDisk is a sample city whose database lies on the small disk: SQLite's
// whole data folder, PostgreSQL's tables in a tablespace.
func cityOnDisk(t *testing.T, e engine, d *smallDisk) *city {
	t.Helper()
	if e == sqlite {
		c, err := copyCity(e, filepath.Join(d.dir, "data"))
		must(t, err)
		return c
	}
	from, err := templates[e]()
	must(t, err)
	d.giveToServer(t)
	name := "small_" + databaseName(from.database)
	must(t, onServer("CREATE TABLESPACE "+name+" LOCATION '"+filepath.Join(d.dir, "tables")+"'"))
	dir := filepath.Join(t.TempDir(), "data")
	must(t, os.CopyFS(dir, os.DirFS(from.dir)))
	must(t, os.Chmod(filepath.Join(dir, "files.key"), 0o600))
	c := &city{engine: e, dir: dir}
	c.database, err = createDatabase("TEMPLATE " + databaseName(from.database) + " TABLESPACE " + name)
	must(t, err)
	t.Cleanup(func() {
		must(t, onServer("DROP DATABASE "+databaseName(c.database)+" WITH (FORCE)"))
		must(t, onServer("DROP TABLESPACE "+name))
	})
	return c
}

// giveToServer makes the folder of the tables the database server's own. The
// server has to run on this machine.
func (d *smallDisk) giveToServer(t *testing.T) {
	t.Helper()
	admin, err := sql.Open("pgx", os.Getenv(serverVar))
	must(t, err)
	defer admin.Close()
	var data string
	must(t, admin.QueryRow("SHOW data_directory").Scan(&data))
	info, err := os.Stat(data)
	if err != nil {
		t.Fatalf("PostgreSQL's data folder is not on this machine: %v: use scripts/with-postgres", err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	tables := filepath.Join(d.dir, "tables")
	must(t, os.Mkdir(tables, 0o700))
	must(t, os.Chown(tables, int(owner.Uid), int(owner.Gid)))
}

// The disk fills up under the database: what cannot be stored is said not to
// be, reading goes on, and with room again writing does, without a restart.
func TestFullDisk(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		disk := mountDisk(t, 160<<20)
		c := cityOnDisk(t, e, disk)
		s := c.serve(t, "demo")
		clerk := s.as(t, "clerk-"+theVillage)
		body := clerk.apply("SG02008", theVillage, "window", "citizen-1")
		number := clerk.keyed("before").do("POST", "/api/v1/cases", body, 201).text("number")

		disk.fill(t)
		m := &morning{t: t, acks: map[string]string{}}
		refused := ""
		for i := range 3000 { // pages that are allocated already may take some more
			r, err := clerk.keyed(key(i)).send("POST", "/api/v1/cases", body)
			must(t, err)
			if r.status == 201 {
				m.acks[key(i)] = r.text("number")
				continue
			}
			r.unavailable(t)
			r.says(t, "code", "disk_full")
			refused = key(i)
			break
		}
		if refused == "" {
			t.Fatal("three thousand applications fit on a full disk")
		}
		if status, err := s.ready(); err != nil || status != 503 {
			t.Errorf("/readyz on a full disk: %d, %v", status, err)
		}
		clerk.get("/api/v1/cases/"+number).says(t, "number", number)
		clerk.get("/api/v1/cases?q=" + number)
		if e == sqlite {
			r, err := clerk.upload("材料.pdf", pdf)
			must(t, err)
			r.unavailable(t)
		}

		disk.free(t)
		if status, err := s.ready(); err != nil || status != 200 {
			t.Errorf("/readyz with room again: %d, %v", status, err)
		}
		clerk.keyed(refused).do("POST", "/api/v1/cases", body, 201)
		for key, number := range m.acks {
			clerk.keyed(key).do("POST", "/api/v1/cases", body, 201).says(t, "number", number)
		}
		m.whole(c, 0, len(m.acks))
		r, err := clerk.upload("材料.pdf", pdf)
		must(t, err)
		r.want(t, 201)
	})
}
