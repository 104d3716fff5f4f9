import {
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  StringConcat,
  Tokenization,
} from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** The constructs that a value refers to, at any depth, in whatever stack they are. */
export function referencesOf(value: unknown, scope: IConstruct): ReadonlySet<IConstruct> {
  const resolver = new Collector()
  Tokenization.resolve(value, { scope, resolver, preparing: false })
  return resolver.found
}

class Collector extends DefaultTokenResolver {
  readonly found = new Set<IConstruct>()

  constructor() {
    super(new StringConcat())
  }

  override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: IPostProcessor,
  ): unknown {
    if (!Reference.isReference(token)) return super.resolveToken(token, context, postProcessor)
    this.found.add(token.target)
    // What it comes to is not asked; working it out could tie two stacks together.
    return ''
  }
}
