package host

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/teahouse/teahouse/registry/bundle"
)

// project is a folder with a mini program, or with a project.config.json that says where in it the
// program is. What is read of it is what sdk-js packs for an upload (src/bundle.ts): the program, its cloud
// functions, and the npm packages that their package.json files depend on.
type project struct {
	dir   string
	files map[string][]byte
	size  int64
}

// leftOut are files and directories that are never part of a program. The packages of node_modules
// that are needed are read by readPackages.
var leftOut = map[string]bool{".git": true, ".hg": true, ".svn": true, ".idea": true, ".vscode": true,
	"node_modules": true, ".DS_Store": true, "Thumbs.db": true, "teahouse.json": true}

// projectConfigs describe a project. The private one has the pages' queries for a check.
var projectConfigs = []string{"project.config.json", "project.private.config.json"}

var errProjectTooLarge = errors.New("too large for a mini program; is this the right directory?")

// readProgram reads the files of a project, within the limits of an upload.
func readProgram(dir string) (map[string][]byte, error) {
	p := &project{dir: dir, files: map[string][]byte{}}
	if err := p.read(); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return p.files, nil
}

func (p *project) read() error {
	for _, name := range projectConfigs {
		if err := p.add(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := p.walk(p.root(), func(string) bool { return true }); err != nil {
		return err
	}
	relations := p.relations() // before the functions, whose packages do not depend on the setting
	functions, err := p.readFunctions()
	if err != nil {
		return err
	}
	for _, relation := range relations {
		if err := p.add(relation); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	seen := map[string]bool{}
	for _, name := range append(relations, functions...) {
		dir := strings.TrimSuffix(strings.TrimSuffix(name, "package.json"), "/")
		if err := p.readPackages(dir, seen); err != nil {
			return err
		}
	}
	return nil
}

// config is what packing needs of project.config.json.
type config struct {
	Root   string `json:"miniprogramRoot"`
	Source string `json:"srcMiniprogramRoot"`
	// Functions is the folder of the cloud functions.
	Functions string `json:"cloudfunctionRoot"`
	Setting   struct {
		Manually  bool `json:"packNpmManually"`
		Relations []struct {
			PackageJSON string `json:"packageJsonPath"`
		} `json:"packNpmRelationList"`
	} `json:"setting"`
}

// config reads project.config.json. What is wrong in it the compiler reports, with its place.
func (p *project) config() (c config) {
	standard, err := hujson.Standardize(bytes.TrimPrefix(bytes.Clone(p.files["project.config.json"]), []byte("\ufeff")))
	if err == nil {
		_ = json.Unmarshal(standard, &c) // the compiler reports it
	}
	return c
}

// root is the folder of the program in the project, "." if it is the project itself.
func (p *project) root() string {
	c := p.config()
	for _, named := range []string{c.Root, c.Source} {
		clean := strings.TrimPrefix(filepath.ToSlash(filepath.Clean("/"+strings.ReplaceAll(named, `\`, "/"))), "/")
		if clean == "" {
			continue
		}
		if there, err := os.Stat(filepath.Join(p.dir, clean)); err == nil && there.IsDir() {
			return clean
		}
	}
	return "."
}

// platform are the modules that the platform itself is for cloud functions.
var platform = map[string]bool{"wx-server-sdk": true}

// readFunctions reads the scripts of the cloud functions, which need no other files, and returns their
// package.json files.
func (p *project) readFunctions() (packages []string, err error) {
	folder := strings.TrimPrefix(filepath.ToSlash(filepath.Clean("/"+strings.ReplaceAll(p.config().Functions, `\`, "/"))), "/")
	if there, err := os.Stat(filepath.Join(p.dir, folder)); folder == "" || err != nil || !there.IsDir() {
		return nil, nil //nolint:nilerr // the compiler says nothing of a folder without functions either
	}
	err = p.walk(folder, func(name string) bool {
		if filepath.Base(name) == "package.json" {
			packages = append(packages, name)
		}
		switch filepath.Ext(name) {
		case ".js", ".cjs", ".mjs", ".ts", ".json":
			return true
		}
		return false
	})
	return packages, err
}

// relations are the package.json files whose packages the compiler builds: those of
// packNpmRelationList if it is in force, else every one in the program.
func (p *project) relations() (files []string) {
	setting := p.config().Setting
	if !setting.Manually {
		for _, name := range slices.Sorted(maps.Keys(p.files)) {
			if filepath.Base(name) == "package.json" && !strings.Contains("/"+name, "/miniprogram_npm/") {
				files = append(files, name)
			}
		}
		return files
	}
	for _, relation := range setting.Relations {
		clean := strings.TrimPrefix(filepath.ToSlash(filepath.Clean("/"+strings.ReplaceAll(relation.PackageJSON, `\`, "/"))), "/")
		if filepath.Base(clean) == "package.json" {
			files = append(files, clean)
		}
	}
	return files
}

// walk reads the files below a folder of the project, without the node_modules in it.
func (p *project) walk(folder string, wanted func(name string) bool) error {
	return filepath.WalkDir(filepath.Join(p.dir, folder), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if leftOut[entry.Name()] {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		name, err := filepath.Rel(p.dir, path)
		if err != nil {
			return err
		}
		if name = filepath.ToSlash(name); !entry.Type().IsRegular() || !wanted(name) {
			return nil
		}
		return p.add(name)
	})
}

func (p *project) add(name string) error {
	if _, known := p.files[name]; known {
		return nil
	}
	content, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		return err
	}
	p.size += int64(len(content))
	if len(p.files) >= bundle.MaxFiles || p.size > bundle.MaxTotalBytes {
		return errProjectTooLarge
	}
	p.files[name] = content
	return nil
}

// packageFields are what packing needs of a package.json.
type packageFields struct {
	Miniprogram  string            `json:"miniprogram"`
	Dependencies map[string]string `json:"dependencies"`
}

// readPackages reads the packages of npm that the package.json of a folder depends on, and theirs in
// turn. Of a package for mini programs only the folder counts that it names, of others the scripts.
func (p *project) readPackages(folder string, seen map[string]bool) error {
	var fields packageFields
	_ = json.Unmarshal(p.files[strings.TrimPrefix(folder+"/package.json", "/")], &fields) // npm has read it
	for _, name := range slices.Sorted(maps.Keys(fields.Dependencies)) {
		if !filepath.IsLocal(name) || platform[name] {
			continue
		}
		at := p.findPackage(folder, name)
		if at == "" || seen[at] {
			continue
		}
		seen[at] = true
		if err := p.add(at + "/package.json"); err != nil {
			return err
		}
		var own packageFields
		_ = json.Unmarshal(p.files[at+"/package.json"], &own)
		if err := p.readPackage(at, own.Miniprogram); err != nil {
			return err
		}
		if err := p.readPackages(at, seen); err != nil {
			return err
		}
	}
	return nil
}

func (p *project) findPackage(folder, name string) string {
	for at := folder; ; {
		candidate := strings.TrimPrefix(at+"/node_modules/"+name, "/")
		if _, err := os.Stat(filepath.Join(p.dir, candidate, "package.json")); err == nil {
			return candidate
		}
		if at == "" {
			return ""
		}
		at = strings.TrimPrefix(filepath.ToSlash(filepath.Dir("/"+at)), "/")
	}
}

func (p *project) readPackage(at, miniprogram string) error {
	for _, folder := range []string{miniprogram, "miniprogram_dist"} {
		if folder == "" || !filepath.IsLocal(folder) {
			continue
		}
		inside := filepath.ToSlash(filepath.Join(at, folder))
		if there, err := os.Stat(filepath.Join(p.dir, inside)); err == nil && there.IsDir() {
			return p.walk(inside, func(string) bool { return true })
		}
	}
	return p.walk(at, func(name string) bool {
		switch filepath.Ext(name) {
		case ".js", ".cjs", ".mjs", ".json":
			return true
		}
		return false
	})
}
