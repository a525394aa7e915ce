package authhttp

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

// peopleRoutes adds the administrators' operations on people.
func (s *Service) peopleRoutes(api huma.API, op describe) {
	const path = "/admin/people"
	huma.Register(api, op("list-people", "GET", path, "List and search people", auth.AsAdmin), s.handlePeople)
	huma.Register(api, op("get-person-as-admin", "GET", path+"/{id}", "Get a person as administrators see them",
		auth.AsAdmin), s.handlePerson)
	huma.Register(api, op("suspend-person", "POST", path+"/{id}/suspend",
		"Suspend an account; its sessions end", auth.AsAdmin), personAction(s.auth.Suspend))
	huma.Register(api, op("reopen-person", "POST", path+"/{id}/reopen",
		"Open a suspended or closed account again", auth.AsAdmin), personAction(s.auth.Reopen))
	huma.Register(api, op("reset-second-factor", "POST", path+"/{id}/second-factor/reset",
		"Remove the second factor of somebody who lost it; their sessions end", auth.AsAdmin), personAction(s.auth.ResetFactor))
	huma.Register(api, op("set-roles", "PUT", path+"/{id}/roles",
		"Give a person exactly these roles; their sessions end when one is taken", auth.AsAdmin), s.handleSetRoles)
}

type peopleInput struct {
	paging.Query
	Text  string `query:"query" maxLength:"64" doc:"How the handle or the name begins."`
	State string `query:"state" enum:"open,suspended,closed,erased"`
	Role  string `query:"role" enum:"developer,admin"`
}

type peopleOutput struct{ Body paging.Page[auth.Person] }

func (s *Service) handlePeople(ctx context.Context, in *peopleInput) (*peopleOutput, error) {
	position, err := in.Position(1)
	if err != nil {
		return nil, err
	}
	q := auth.PeopleQuery{Text: in.Text, State: in.State, Role: auth.Role(in.Role), Limit: in.Rows()}
	if position != nil {
		q.After = position[0]
	}
	people, err := s.auth.People(ctx, q)
	if err != nil {
		return nil, err
	}
	return &peopleOutput{Body: paging.Of(in.Query, people, func(p auth.Person) []string { return []string{p.Handle} })}, nil
}

type personIDInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

type personOutput struct{ Body auth.Person }

func (s *Service) handlePerson(ctx context.Context, in *personIDInput) (*personOutput, error) {
	person, err := s.auth.PersonByID(ctx, in.ID)
	return &personOutput{Body: person}, err
}

type personActionInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Reason string `json:"reason" maxLength:"2000" doc:"Written to the audit log."`
	}
}

// personAction is the handler of an administrator's action that takes a reason.
func personAction(do func(context.Context, uuid.UUID, string) (auth.Person, error)) func(context.Context,
	*personActionInput) (*personOutput, error) {
	return func(ctx context.Context, in *personActionInput) (*personOutput, error) {
		person, err := do(ctx, in.ID, in.Body.Reason)
		return &personOutput{Body: person}, err
	}
}

type setRolesInput struct {
	ID   uuid.UUID `path:"id" format:"uuid"`
	Body struct {
		Roles  []string `json:"roles" nullable:"false" maxItems:"3" enum:"user,developer,admin"`
		Reason string   `json:"reason" maxLength:"2000" doc:"Written to the audit log."`
	}
}

func (s *Service) handleSetRoles(ctx context.Context, in *setRolesInput) (*personOutput, error) {
	roles := make([]auth.Role, len(in.Body.Roles))
	for i, role := range in.Body.Roles {
		roles[i] = auth.Role(role)
	}
	person, err := s.auth.SetRoles(ctx, in.ID, roles, in.Body.Reason)
	return &personOutput{Body: person}, err
}
