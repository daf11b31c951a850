import './app/schemas-without-eval.ts'
import './design/tokens.css'
import { createRoot } from 'react-dom/client'

import { App } from './app/app.tsx'

const root = document.getElementById('app')
if (root === null) throw new Error('the page has no place for the application')
createRoot(root).render(<App />)
