// Package config reads the settings of a command from flags, environment and
// one TOML file, in that order of strength. Every flag --some-name is also
// YIMEN_SOME_NAME and the key some-name of the file. A key that no command
// knows is an error: a misspelt setting must not be silently without effect.
package config

import (
	"fmt"
	"os"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

// Prefix of the environment variables.
const Prefix = "YIMEN"

// Secret is a setting that may be kept in a file of its own: the value
// @/path/to/file reads it from there, without the line end.
type Secret string

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Secret) UnmarshalText(text []byte) error {
	value := string(text)
	if path, ok := strings.CutPrefix(value, "@"); ok {
		raw, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read secret: %w", err)
		}
		value = strings.TrimRight(string(raw), "\r\n")
	}
	*s = Secret(value)
	return nil
}

// String hides the value: a secret printed by accident is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(secret)"
}

// Value is the secret itself.
func (s Secret) Value() string { return string(s) }

// File is the kong option that reads the settings file, if one is named by
// --config or YIMEN_CONFIG.
func File(path string) (kong.Option, error) {
	if path == "" {
		return kong.OptionFunc(func(*kong.Kong) error { return nil }), nil
	}
	values := map[string]any{}
	if _, err := toml.DecodeFile(path, &values); err != nil {
		return nil, fmt.Errorf("config file %s: %w", path, err)
	}
	for key, v := range values {
		if _, table := v.(map[string]any); table {
			return nil, fmt.Errorf("config file %s: [%s]: the file has no sections, only key = value", path, key)
		}
	}
	return kong.Resolvers(&file{path: path, values: values}), nil
}

type file struct {
	path   string
	values map[string]any
}

// Validate implements kong.Resolver: it refuses keys that are no flag.
func (f *file) Validate(app *kong.Application) error {
	known := map[string]bool{}
	collect(app.Node, known)
	var unknown []string
	for key := range f.values {
		if !known[key] {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	sort.Strings(unknown)
	return fmt.Errorf("config file %s: unknown key %s", f.path, strings.Join(unknown, ", "))
}

func collect(n *kong.Node, known map[string]bool) {
	for _, flag := range n.Flags {
		known[flag.Name] = true
	}
	for _, child := range n.Children {
		collect(child, known)
	}
}

// Resolve implements kong.Resolver.
func (f *file) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	// Kong lets a resolver beat the environment; here the file is weakest.
	for _, env := range flag.Envs {
		if _, set := os.LookupEnv(env); set {
			return nil, nil
		}
	}
	v, ok := f.values[flag.Name]
	if !ok {
		return nil, nil
	}
	return fmt.Sprint(v), nil
}

// Unknown lists the variables YIMEN_… of the environment that no flag reads.
func Unknown(app *kong.Application, environ []string) []string {
	known := map[string]bool{Prefix + "_CONFIG": true}
	flags := map[string]bool{}
	collect(app.Node, flags)
	for name := range flags {
		known[Prefix+"_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))] = true
	}
	var unknown []string
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		// YIMEN_TEST_… and YIMEN_SCREENSHOTS steer the tests, not the program.
		if strings.HasPrefix(name, Prefix+"_") && !known[name] &&
			!strings.HasPrefix(name, Prefix+"_TEST_") && name != Prefix+"_SCREENSHOTS" {
			unknown = append(unknown, name)
		}
	}
	sort.Strings(unknown)
	return unknown
}
