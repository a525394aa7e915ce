package authhttp

import (
	"context"

	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/auth"
)

type userOutput struct{ Body auth.User }

type updateMeInput struct {
	Body struct {
		DisplayName *string `json:"display_name,omitempty" maxLength:"200"`
		AvatarURL   *string `json:"avatar_url,omitempty" maxLength:"300"`
		Locale      *string `json:"locale,omitempty" enum:"en,zh-CN"`
	}
}

type searchUsersInput struct {
	Query string `query:"query" required:"true" minLength:"1" maxLength:"64" doc:"How the handle or name begins."`
}

type searchUsersOutput struct {
	Body struct {
		Items      []auth.PublicUser `json:"items" nullable:"false"`
		NextCursor *string           `json:"next_cursor" doc:"Always null: a search that finds too many should be narrowed."`
	}
}

type userIDInput struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

type publicUserOutput struct{ Body auth.PublicUser }

func (s *Service) handleMe(ctx context.Context, _ *struct{}) (*userOutput, error) {
	user, err := s.auth.UserByID(ctx, auth.UserFromContext(ctx))
	return &userOutput{Body: user}, err
}

func (s *Service) handleUpdateMe(ctx context.Context, in *updateMeInput) (*userOutput, error) {
	user, err := s.auth.UpdateUser(ctx, auth.UserFromContext(ctx), auth.UserUpdate(in.Body))
	return &userOutput{Body: user}, err
}

type roleOutput struct{ Body Session }

func (s *Service) handleBecomeDeveloper(ctx context.Context, _ *struct{}) (*roleOutput, error) {
	session, err := s.auth.BecomeDeveloper(ctx)
	if err != nil {
		return nil, err
	}
	return &roleOutput{Body: bodyOf(session)}, nil
}

func (s *Service) handleSearch(ctx context.Context, in *searchUsersInput) (*searchUsersOutput,
	error) {
	users, err := s.auth.SearchUsers(ctx, in.Query)
	if err != nil {
		return nil, err
	}
	out := &searchUsersOutput{}
	out.Body.Items = users
	return out, nil
}

func (s *Service) handleUser(ctx context.Context, in *userIDInput) (*publicUserOutput, error) {
	user, err := s.auth.PublicUserByID(ctx, in.ID)
	return &publicUserOutput{Body: user}, err
}
