package accounts

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/auth"
)

type followOutput struct {
	Body struct {
		ConversationID uuid.UUID `json:"conversation_id"`
	}
}

func (s *Followers) handleFollow(ctx context.Context, in *AccountPath) (*followOutput, error) {
	conversation, err := s.Follow(ctx, auth.UserFromContext(ctx), in.ID)
	out := &followOutput{}
	out.Body.ConversationID = conversation
	return out, err
}

func (s *Followers) handleUnfollow(ctx context.Context, in *AccountPath) (*struct{}, error) {
	return nil, s.Unfollow(ctx, auth.UserFromContext(ctx), in.ID)
}

func (s *Followers) routes(api huma.API) {
	huma.Register(api, forPeople("follow", "PUT", "/official-accounts/{id}/follow",
		"Follow an official account", "official accounts"), s.handleFollow)
	huma.Register(api, forPeople("unfollow", "DELETE", "/official-accounts/{id}/follow",
		"Stop following an official account", "official accounts"), s.handleUnfollow)
}
