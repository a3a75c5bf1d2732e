package openid

import "yimen/internal/kit/web"

type demoClient struct{}

func (m *Module) demoRoutes(*web.Router) {}
