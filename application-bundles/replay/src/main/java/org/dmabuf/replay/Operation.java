package org.dmabuf.replay;

/**
 * One call of the product's public API, with what the recorder observed of it. It holds no rule:
 * what is right or wrong, the API says.
 */
@FunctionalInterface
interface Operation {
  /**
   * Makes the call.
   *
   * @return what it answered, never null
   * @throws org.dmabuf.DmaBufException what the API refused it with
   * @throws Unreplayable when the step has no such form
   */
  Answer call(TracedProcess process, Arguments arguments);
}
