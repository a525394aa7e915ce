package chat

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/teahouse/teahouse/server/api/paging"
	"github.com/teahouse/teahouse/server/auth"
)

type (
	listOutput struct {
		Body paging.Page[Conversation]
	}
	openInput struct {
		Body struct {
			UserID uuid.UUID `json:"user_id" format:"uuid"`
		}
	}
	conversationInput struct {
		ID uuid.UUID `path:"id" format:"uuid"`
	}
	conversationOutput struct {
		Body Conversation
	}
	messagesInput struct {
		ID        uuid.UUID `path:"id" format:"uuid"`
		BeforeSeq int64     `query:"before_seq" minimum:"0"`
		AfterSeq  int64     `query:"after_seq" minimum:"0"`
		Limit     int       `query:"limit" minimum:"0" maximum:"200"`
	}
	messagesOutput struct {
		Body struct {
			Items []Message `json:"items" nullable:"false"`
		}
	}
	sendInput struct {
		ID   uuid.UUID `path:"id" format:"uuid"`
		Body struct {
			ClientID string          `json:"client_id" minLength:"1" maxLength:"64"`
			Kind     string          `json:"kind" enum:"text,image"`
			Content  json.RawMessage `json:"content"`
		}
	}
	messageOutput struct {
		Body Message
	}
	readInput struct {
		ID   uuid.UUID `path:"id" format:"uuid"`
		Body struct {
			Seq int64 `json:"seq" minimum:"0"`
		}
	}
	readOutput struct {
		Body struct {
			ReadSeq int64 `json:"read_seq"`
			Unread  int64 `json:"unread"`
		}
	}
)

// Routes adds the operations on conversations.
func (s *Service) Routes(api huma.API, _ fiber.Router) {
	tags := []string{"Chat"}
	huma.Register(api, huma.Operation{OperationID: "list-conversations", Method: http.MethodGet,
		Path: "/api/v1/conversations", Summary: "List conversations, the latest first", Tags: tags,
		Security: auth.AsUser}, s.handleList)
	huma.Register(api, huma.Operation{OperationID: "open-conversation", Method: http.MethodPost,
		Path: "/api/v1/conversations", Summary: "Open the conversation with a person", Tags: tags,
		Security: auth.AsUser}, s.handleOpen)
	huma.Register(api, huma.Operation{OperationID: "get-conversation", Method: http.MethodGet,
		Path: "/api/v1/conversations/{id}", Summary: "Read a conversation", Tags: tags,
		Security: auth.AsUser}, s.handleGet)
	huma.Register(api, huma.Operation{OperationID: "list-messages", Method: http.MethodGet,
		Path: "/api/v1/conversations/{id}/messages", Summary: "Read messages", Tags: tags,
		Description: "In ascending order. after_seq fills the gap after an absence.",
		Security:    auth.AsUser}, s.handleMessages)
	huma.Register(api, huma.Operation{OperationID: "send-message", Method: http.MethodPost,
		Path: "/api/v1/conversations/{id}/messages", Summary: "Send a message", Tags: tags,
		Description:   "The same client_id again is the same message.",
		DefaultStatus: http.StatusCreated, Security: auth.AsUser}, s.handleSend)
	huma.Register(api, huma.Operation{OperationID: "mark-read", Method: http.MethodPost,
		Path: "/api/v1/conversations/{id}/read", Summary: "Mark messages as read", Tags: tags,
		Security: auth.AsUser}, s.handleRead)
}

func (s *Service) handleList(ctx context.Context, in *struct{ paging.Query }) (*listOutput, error) {
	page, err := s.Conversations(ctx, auth.UserFromContext(ctx), in.Query)
	return &listOutput{page}, err
}

func (s *Service) handleOpen(ctx context.Context, in *openInput) (*conversationOutput, error) {
	c, err := s.OpenDirect(ctx, auth.UserFromContext(ctx), in.Body.UserID)
	return &conversationOutput{c}, err
}

func (s *Service) handleGet(ctx context.Context, in *conversationInput) (*conversationOutput, error) {
	c, err := s.Conversation(ctx, auth.UserFromContext(ctx), in.ID)
	return &conversationOutput{c}, err
}

func (s *Service) handleMessages(ctx context.Context, in *messagesInput) (*messagesOutput, error) {
	items, err := s.Messages(ctx, auth.UserFromContext(ctx), in.ID,
		Page{BeforeSeq: in.BeforeSeq, AfterSeq: in.AfterSeq, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &messagesOutput{}
	out.Body.Items = items
	return out, nil
}

func (s *Service) handleSend(ctx context.Context, in *sendInput) (*messageOutput, error) {
	m, err := s.Send(ctx, auth.UserFromContext(ctx), in.ID, in.Body.ClientID, in.Body.Kind, in.Body.Content)
	return &messageOutput{m}, err
}

func (s *Service) handleRead(ctx context.Context, in *readInput) (*readOutput, error) {
	readSeq, unread, err := s.MarkRead(ctx, auth.UserFromContext(ctx), in.ID, in.Body.Seq)
	if err != nil {
		return nil, err
	}
	out := &readOutput{}
	out.Body.ReadSeq, out.Body.Unread = readSeq, unread
	return out, nil
}
