// Package addresses keeps people's postal addresses. A mini program gets one when its user taps it in a
// sheet of the shell (wx.chooseAddress), and never the list.
package addresses

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/teahouse/teahouse/fault"
	"github.com/teahouse/teahouse/server/auth"
)

// Fields are what an address consists of.
type Fields struct {
	Recipient  string `json:"recipient" minLength:"1" maxLength:"200"`
	Phone      string `json:"phone" minLength:"1" maxLength:"200"`
	Province   string `json:"province,omitempty" maxLength:"200"`
	City       string `json:"city" minLength:"1" maxLength:"200"`
	County     string `json:"county,omitempty" maxLength:"200"`
	Detail     string `json:"detail" minLength:"1" maxLength:"200" doc:"Street and number"`
	PostalCode string `json:"postal_code,omitempty" maxLength:"200"`
}

// Address is an address of a person.
type Address struct {
	ID        uuid.UUID `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	Fields
}

// Service keeps the addresses.
type Service struct{ pool *pgxpool.Pool }

// New returns the service.
func New(pool *pgxpool.Pool) *Service { return &Service{pool} }

type (
	listOutput struct {
		Body struct {
			Items []Address `json:"items"`
		}
	}
	addInput  struct{ Body Fields }
	addOutput struct{ Body Address }
	idInput   struct {
		ID uuid.UUID `path:"address"`
	}
)

// Routes adds the operations.
func (s *Service) Routes(api huma.API, _ fiber.Router) {
	const path = "/api/v1/me/addresses"
	huma.Register(api, huma.Operation{OperationID: "list-addresses", Method: http.MethodGet, Path: path,
		Summary: "List your postal addresses", Tags: []string{"people"}, Security: auth.AsUser}, s.list)
	huma.Register(api, huma.Operation{OperationID: "add-address", Method: http.MethodPost, Path: path,
		Summary: "Add a postal address", Tags: []string{"people"}, DefaultStatus: http.StatusCreated, Security: auth.AsUser}, s.add)
	huma.Register(api, huma.Operation{OperationID: "remove-address", Method: http.MethodDelete, Path: path + "/{address}",
		Summary: "Remove a postal address", Tags: []string{"people"}, DefaultStatus: http.StatusNoContent, Security: auth.AsUser}, s.remove)
}

func (s *Service) list(ctx context.Context, _ *struct{}) (*listOutput, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, created_at, recipient, phone, province, city, county, detail, postal_code
		FROM postal_address WHERE user_id = $1 ORDER BY created_at DESC, id`, auth.UserFromContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("addresses: %w", err)
	}
	out := &listOutput{}
	out.Body.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (a Address, err error) {
		err = row.Scan(&a.ID, &a.CreatedAt, &a.Recipient, &a.Phone, &a.Province, &a.City, &a.County, &a.Detail, &a.PostalCode)
		return a, err
	})
	if out.Body.Items == nil {
		out.Body.Items = []Address{}
	}
	return out, err
}

func (s *Service) add(ctx context.Context, in *addInput) (*addOutput, error) {
	made := Address{ID: uuid.Must(uuid.NewV7()), CreatedAt: time.Now(), Fields: in.Body}
	tag, err := s.pool.Exec(ctx, `INSERT INTO postal_address
			(id, user_id, recipient, phone, province, city, county, detail, postal_code, created_at)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
		WHERE (SELECT count(*) FROM postal_address WHERE user_id = $2) < $11`,
		made.ID, auth.UserFromContext(ctx), made.Recipient, made.Phone, made.Province, made.City, made.County, made.Detail,
		made.PostalCode, made.CreatedAt, MaxAddresses)
	if err != nil {
		return nil, fmt.Errorf("addresses: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return nil, fault.Errorf(fault.Conflict, "too-many-addresses", "You can keep %d addresses; remove one first.", MaxAddresses)
	}
	return &addOutput{made}, nil
}

func (s *Service) remove(ctx context.Context, in *idInput) (*struct{}, error) {
	tag, err := s.pool.Exec(ctx, `DELETE FROM postal_address WHERE id = $1 AND user_id = $2`, in.ID, auth.UserFromContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("addresses: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return nil, fault.Errorf(fault.NotFound, "no-such-address", "You have no such address.")
	}
	return nil, nil
}
