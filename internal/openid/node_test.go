package openid

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"yimen/internal/kit/dbtest"
)

// TestTheDanceInNode is the second client program: npm's openid-client, run by
// node. scripts/setup fetches it.
func TestTheDanceInNode(t *testing.T) {
	folder := filepath.Join("testdata", "node")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "openid-client")); err != nil {
		t.Fatal("openid-client is not there: run scripts/setup")
	}
	w := newWorld(t, dbtest.Open(t, sources))
	cmd := exec.Command("node", "dance.mjs", w.Issuer, w.people.ID, backTo)
	cmd.Dir = folder
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	in, err := cmd.StdinPipe()
	w.must(err)
	out, err := cmd.StdoutPipe()
	w.must(err)
	w.must(cmd.Start())
	said := bufio.NewScanner(out)
	if !said.Scan() {
		t.Fatalf("it asks nobody: %v %s", cmd.Wait(), &complaints)
	}
	at, err := url.Parse(said.Text())
	w.must(err)
	browser := w.as("villager")
	back := backOf(t, browser.NoRedirect().Get(at.RequestURI()).Form("#consent").Press("同意授权").Send())
	fmt.Fprintln(in, back)
	if !said.Scan() {
		t.Fatalf("it did not get through: %v %s", cmd.Wait(), &complaints)
	}
	var saw struct {
		Name, Device, Out string
		Active, After     bool
	}
	w.must(json.Unmarshal(said.Bytes(), &saw))
	w.must(cmd.Wait())
	if saw.Name != "赵秀兰" || !saw.Active || saw.After || len(saw.Device) != 9 {
		t.Errorf("it saw %+v", saw)
	}
	leave, err := url.Parse(saw.Out)
	w.must(err)
	if to := backOf(t, browser.NoRedirect().Get(leave.RequestURI())); to.String() != "https://dept.example/bye" {
		t.Errorf("after logout: %s", to)
	}
}
