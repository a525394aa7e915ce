package accounts

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

type inviteMemberInput struct {
	AccountPath
	Body struct {
		Handle string `json:"handle" minLength:"1" maxLength:"64" doc:"Whom to invite."`
		Role   string `json:"role" enum:"owner,developer"`
	}
}

type inviteTesterInput struct {
	AppPath
	Body struct {
		Handle string `json:"handle" minLength:"1" maxLength:"64" doc:"Whom to invite."`
	}
}

type accountInvitationInput struct {
	AccountPath
	InvitationPath
}

type appInvitationInput struct {
	AppPath
	InvitationPath
}

// InvitationPath names an invitation in a path.
type InvitationPath struct {
	InvitationID uuid.UUID `path:"invitation_id" format:"uuid"`
}

type testerInput struct {
	AppPath
	UserID uuid.UUID `path:"user_id" format:"uuid"`
}

type invitationOutput struct{ Body Invitation }
type invitationsOutput struct{ Body paging.Page[Invitation] }
type testersOutput struct{ Body paging.Page[Tester] }

func (s *Invitations) routes(api huma.API) {
	huma.Register(api, forDevelopers("invite-member", "POST", "/accounts/{id}/invitations",
		"Invite a person to work on an account"), s.handleInviteMember)
	huma.Register(api, forDevelopers("list-account-invitations", "GET", "/accounts/{id}/invitations",
		"List who is invited to work on an account"), s.handleAccountInvitations)
	huma.Register(api, noContent(forDevelopers("revoke-member-invitation", "DELETE",
		"/accounts/{id}/invitations/{invitation_id}", "Take an invitation back")), s.handleRevokeMember)
	huma.Register(api, forDevelopers("invite-tester", "POST", "/apps/{app_id}/invitations",
		"Invite a person to test an app"), s.handleInviteTester)
	huma.Register(api, forDevelopers("list-app-invitations", "GET", "/apps/{app_id}/invitations",
		"List who is invited to test an app"), s.handleAppInvitations)
	huma.Register(api, noContent(forDevelopers("revoke-tester-invitation", "DELETE",
		"/apps/{app_id}/invitations/{invitation_id}", "Take an invitation back")), s.handleRevokeTester)
	huma.Register(api, forDevelopers("list-testers", "GET", "/apps/{app_id}/testers",
		"List who may try versions that are not released"), s.handleTesters)
	huma.Register(api, noContent(forDevelopers("remove-tester", "DELETE", "/apps/{app_id}/testers/{user_id}",
		"Remove a tester")), s.handleRemoveTester)

	huma.Register(api, forPeople("list-my-invitations", "GET", "/me/invitations",
		"List your invitations", "people"), s.handleMine)
	huma.Register(api, noContent(forPeople("accept-invitation", "POST", "/me/invitations/{invitation_id}/accept",
		"Accept an invitation", "people")), s.handleAccept)
	huma.Register(api, noContent(forPeople("decline-invitation", "POST", "/me/invitations/{invitation_id}/decline",
		"Decline an invitation", "people")), s.handleDecline)
	huma.Register(api, forPeople("list-my-tests", "GET", "/me/testing",
		"List the apps that you test", "people"), s.handleTesting)
	huma.Register(api, noContent(forPeople("stop-testing", "DELETE", "/me/testing/{app_id}",
		"Stop testing an app", "people")), s.handleStopTesting)
}

// requireAccount returns the account if the caller works on it.
func (s *Invitations) requireAccount(ctx context.Context, id uuid.UUID) (subject, error) {
	var member bool
	err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM account_member WHERE account_id = $1 AND user_id = $2)`,
		id, auth.UserFromContext(ctx)).Scan(&member)
	if err == nil && !member {
		err = noSuchAccount()
	}
	return subject{accountID: id}, err
}

// requireApp returns the app if the caller works on it.
func (s *Invitations) requireApp(ctx context.Context, appID string) (subject, error) {
	ref, err := memberOf(ctx, s.pool, appID, auth.UserFromContext(ctx))
	return subject{ref.AccountID, appID}, err
}

func (s *Invitations) handleInviteMember(ctx context.Context, in *inviteMemberInput) (*invitationOutput, error) {
	invitation, err := s.invite(ctx, auth.UserFromContext(ctx), subject{accountID: in.ID}, in.Body.Handle, in.Body.Role)
	return &invitationOutput{Body: invitation}, err
}

func (s *Invitations) handleInviteTester(ctx context.Context, in *inviteTesterInput) (*invitationOutput, error) {
	to, err := s.requireApp(ctx, in.AppID)
	if err != nil {
		return nil, err
	}
	invitation, err := s.invite(ctx, auth.UserFromContext(ctx), to, in.Body.Handle, roleTester)
	return &invitationOutput{Body: invitation}, err
}

func (s *Invitations) handleAccountInvitations(ctx context.Context, in *AccountPath) (*invitationsOutput, error) {
	to, err := s.requireAccount(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	found, err := s.query(ctx, `AND i.account_id = $2 AND i.app_id IS NULL ORDER BY i.id`, to.accountID)
	return &invitationsOutput{Body: onePage(found)}, err
}

func (s *Invitations) handleAppInvitations(ctx context.Context, in *AppPath) (*invitationsOutput, error) {
	to, err := s.requireApp(ctx, in.AppID)
	if err != nil {
		return nil, err
	}
	found, err := s.query(ctx, `AND i.app_id = $2 ORDER BY i.id`, to.appID)
	return &invitationsOutput{Body: onePage(found)}, err
}

func (s *Invitations) handleRevokeMember(ctx context.Context, in *accountInvitationInput) (*struct{}, error) {
	to, err := s.requireAccount(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var owner bool
	err = s.pool.QueryRow(ctx, `SELECT role = 'owner' FROM account_member WHERE account_id = $1 AND user_id = $2`,
		to.accountID, auth.UserFromContext(ctx)).Scan(&owner)
	if err == nil && !owner {
		err = ownersOnly()
	}
	if err != nil {
		return nil, err
	}
	return nil, s.revoke(ctx, to, in.InvitationID)
}

func (s *Invitations) handleRevokeTester(ctx context.Context, in *appInvitationInput) (*struct{}, error) {
	to, err := s.requireApp(ctx, in.AppID)
	if err != nil {
		return nil, err
	}
	return nil, s.revoke(ctx, to, in.InvitationID)
}

func (s *Invitations) handleTesters(ctx context.Context, in *AppPath) (*testersOutput, error) {
	if _, err := s.requireApp(ctx, in.AppID); err != nil {
		return nil, err
	}
	found, err := s.testers(ctx, in.AppID)
	return &testersOutput{Body: onePage(found)}, err
}

func (s *Invitations) handleRemoveTester(ctx context.Context, in *testerInput) (*struct{}, error) {
	if _, err := s.requireApp(ctx, in.AppID); err != nil {
		return nil, err
	}
	return nil, s.removeTester(ctx, in.AppID, in.UserID)
}

func (s *Invitations) handleMine(ctx context.Context, _ *struct{}) (*invitationsOutput, error) {
	found, err := s.query(ctx, `AND i.user_id = $2 ORDER BY i.id`, auth.UserFromContext(ctx))
	return &invitationsOutput{Body: onePage(found)}, err
}

func (s *Invitations) handleAccept(ctx context.Context, in *InvitationPath) (*struct{}, error) {
	return nil, s.answer(ctx, auth.UserFromContext(ctx), in.InvitationID, true)
}

func (s *Invitations) handleDecline(ctx context.Context, in *InvitationPath) (*struct{}, error) {
	return nil, s.answer(ctx, auth.UserFromContext(ctx), in.InvitationID, false)
}

type testingOutput struct{ Body paging.Page[AppName] }

func (s *Invitations) handleTesting(ctx context.Context, _ *struct{}) (*testingOutput, error) {
	apps, err := s.testing(ctx, auth.UserFromContext(ctx))
	return &testingOutput{Body: onePage(apps)}, err
}

func (s *Invitations) handleStopTesting(ctx context.Context, in *AppPath) (*struct{}, error) {
	return nil, s.removeTester(ctx, in.AppID, auth.UserFromContext(ctx))
}
