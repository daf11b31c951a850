import { z } from 'zod'

// Schemas are read, never compiled: the content security policy allows no code made from text, and even to try is reported.
// A module of its own, imported before any that makes a schema.
z.config({ jitless: true })
