package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// FileChange says what became of a file between two versions.
type FileChange struct {
	Path string `json:"path"`
	Kind string `json:"kind" enum:"added,changed,deleted"`
	// Before and After are sizes in bytes, 0 where there is no such file.
	Before int64 `json:"before"`
	After  int64 `json:"after"`
}

// The kinds of changes.
const (
	FileAdded   = "added"
	FileChanged = "changed"
	FileDeleted = "deleted"
)

// sourceFiles lists files with their digests, sorted.
func sourceFiles(files map[string][]byte) []SourceFile {
	list := make([]SourceFile, 0, len(files))
	for path, content := range files {
		list = append(list, SourceFile{Path: path, Size: int64(len(content)), SHA256: digest(content)})
	}
	slices.SortFunc(list, func(a, b SourceFile) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// SourceFiles lists the files of a version with their digests.
func (s *Service) SourceFiles(ctx context.Context, v Version) ([]SourceFile, error) {
	files, err := s.BundleFiles(ctx, v.BundleSHA256)
	if err != nil || files != nil {
		return files, err
	}
	all, err := s.AllFiles(ctx, v)
	if err != nil {
		return nil, err
	}
	return sourceFiles(all), nil
}

// AllFiles reads every file of a version.
func (s *Service) AllFiles(ctx context.Context, v Version) (map[string][]byte, error) {
	archive, err := s.open(ctx, v)
	if err != nil {
		return nil, err
	}
	return archive.ReadAll()
}

// Changes lists the files whose content differs between two versions. The checksums in the zip are not
// used: an author can make them match.
func (s *Service) Changes(ctx context.Context, before, after Version) ([]FileChange, error) {
	old, err := s.SourceFiles(ctx, before)
	if err != nil {
		return nil, fmt.Errorf("files of version %s: %w", before.ID, err)
	}
	now, err := s.SourceFiles(ctx, after)
	if err != nil {
		return nil, fmt.Errorf("files of version %s: %w", after.ID, err)
	}
	return compareFiles(old, now), nil
}

func compareFiles(old, now []SourceFile) []FileChange {
	before := make(map[string]SourceFile, len(old))
	for _, f := range old {
		before[f.Path] = f
	}
	changes := []FileChange{}
	for _, f := range now {
		was, ok := before[f.Path]
		delete(before, f.Path)
		switch {
		case !ok:
			changes = append(changes, FileChange{Path: f.Path, Kind: FileAdded, After: f.Size})
		case was.SHA256 != f.SHA256:
			changes = append(changes, FileChange{Path: f.Path, Kind: FileChanged, Before: was.Size, After: f.Size})
		}
	}
	for _, f := range before {
		changes = append(changes, FileChange{Path: f.Path, Kind: FileDeleted, Before: f.Size})
	}
	slices.SortFunc(changes, func(a, b FileChange) int { return strings.Compare(a.Path, b.Path) })
	return changes
}

// RequestCheck asks for a check of a version.
func (s *Service) RequestCheck(ctx context.Context, version uuid.UUID) error {
	return s.store.RequestCheck(ctx, version)
}

// FinishCheck stores the report of a check, nil when it could not run.
func (s *Service) FinishCheck(ctx context.Context, version uuid.UUID, report json.RawMessage) error {
	if len(report) > MaxCheckReport {
		return s.store.FinishCheck(ctx, version, nil)
	}
	return s.store.FinishCheck(ctx, version, report)
}
