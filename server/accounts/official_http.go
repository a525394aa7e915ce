package accounts

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

type accountsOutput struct{ Body paging.Page[OfficialAccount] }

type accountOutput struct{ Body OfficialAccount }

type newAccountInput struct{ Body NewAccount }

type updateAccountInput struct {
	AccountPath
	Body accountUpdate
}

type memberAccountOutput struct{ Body MemberAccount }

type memberAccountsOutput struct{ Body paging.Page[MemberAccount] }

// MemberPath names a member of an account in a path.
type MemberPath struct {
	AccountPath
	UserID uuid.UUID `path:"user_id" format:"uuid"`
}

type setMemberInput struct {
	MemberPath
	Body struct {
		Role string `json:"role" enum:"owner,developer"`
	}
}

type membersOutput struct{ Body paging.Page[Member] }

type searchAccountsInput struct {
	SearchInput
	Following bool `query:"following" doc:"Only those that the caller follows."`
}

func (s *Accounts) handleSearchAccounts(ctx context.Context, in *searchAccountsInput) (*accountsOutput,
	error) {
	page, err := s.searchAccounts(ctx, auth.UserFromContext(ctx), in.Text, in.Following, in.Query)
	return &accountsOutput{Body: page}, err
}

func (s *Accounts) handleAccount(ctx context.Context, in *AccountPath) (*accountOutput, error) {
	account, err := s.officialAccount(ctx, auth.UserFromContext(ctx), in.ID)
	return &accountOutput{Body: account}, err
}

func (s *Accounts) handleNewAccount(ctx context.Context, in *newAccountInput) (*memberAccountOutput,
	error) {
	account, err := s.CreateAccount(ctx, auth.UserFromContext(ctx), in.Body)
	return &memberAccountOutput{Body: account}, err
}

func (s *Accounts) handleMyAccounts(ctx context.Context, _ *struct{}) (*memberAccountsOutput,
	error) {
	accounts, err := s.memberAccounts(ctx, auth.UserFromContext(ctx))
	return &memberAccountsOutput{Body: onePage(accounts)}, err
}

func (s *Accounts) handleMyAccount(ctx context.Context, in *AccountPath) (*memberAccountOutput,
	error) {
	account, err := s.memberAccount(ctx, auth.UserFromContext(ctx), in.ID)
	return &memberAccountOutput{Body: account}, err
}

func (s *Accounts) handleUpdateAccount(ctx context.Context,
	in *updateAccountInput) (*memberAccountOutput, error) {
	account, err := s.updateAccount(ctx, auth.UserFromContext(ctx), in.ID, in.Body)
	return &memberAccountOutput{Body: account}, err
}

func (s *Accounts) handleMembers(ctx context.Context, in *AccountPath) (*membersOutput, error) {
	if err := s.RequireAccountMember(ctx, in.ID); err != nil {
		return nil, err
	}
	members, err := s.members(ctx, in.ID)
	return &membersOutput{Body: onePage(members)}, err
}

func (s *Accounts) handleSetMember(ctx context.Context, in *setMemberInput) (*struct{}, error) {
	return nil, s.setMember(ctx, auth.UserFromContext(ctx), in.ID, in.UserID, in.Body.Role)
}

func (s *Accounts) handleRemoveMember(ctx context.Context, in *MemberPath) (*struct{}, error) {
	return nil, s.setMember(ctx, auth.UserFromContext(ctx), in.ID, in.UserID, "")
}

func (s *Accounts) routes(api huma.API) {
	huma.Register(api, forPeople("search-official-accounts", "GET", "/official-accounts",
		"Search official accounts", "official accounts"), s.handleSearchAccounts)
	huma.Register(api, forPeople("get-official-account", "GET", "/official-accounts/{id}",
		"Get an official account with its apps", "official accounts"), s.handleAccount)
	huma.Register(api, forDevelopers("create-account", "POST", "/accounts",
		"Create an official account"), s.handleNewAccount)
	huma.Register(api, forDevelopers("list-my-accounts", "GET", "/accounts",
		"List the accounts that you work on"), s.handleMyAccounts)
	huma.Register(api, forDevelopers("get-my-account", "GET", "/accounts/{id}",
		"Get an account that you work on"), s.handleMyAccount)
	huma.Register(api, forDevelopers("update-account", "PATCH", "/accounts/{id}",
		"Change an account"), s.handleUpdateAccount)
	huma.Register(api, noContent(forDevelopers("review-account", "POST", "/accounts/{id}/review",
		"Ask the reviewers to review an account that nobody has reviewed")), s.handleReview)
	huma.Register(api, forDevelopers("list-members", "GET", "/accounts/{id}/members",
		"List who works on an account"), s.handleMembers)
	huma.Register(api, noContent(forDevelopers("set-member", "PUT", "/accounts/{id}/members/{user_id}",
		"Change what a member may do on an account")), s.handleSetMember)
	huma.Register(api, noContent(forDevelopers("remove-member", "DELETE", "/accounts/{id}/members/{user_id}",
		"Remove a member from an account")), s.handleRemoveMember)
}

func (s *Accounts) handleReview(ctx context.Context, in *AccountPath) (*struct{}, error) {
	if err := s.RequireAccountMember(ctx, in.ID); err != nil {
		return nil, err
	}
	return nil, s.profiles.askReview(ctx, in.ID)
}
