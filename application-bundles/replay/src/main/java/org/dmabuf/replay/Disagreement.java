package org.dmabuf.replay;

/**
 * A step that was answered otherwise than it was recorded.
 *
 * @param family the trace
 * @param scenario its scenario
 * @param step the step with what was recorded
 * @param answer what was answered now
 */
record Disagreement(String family, String scenario, Step step, Answer answer) {}
