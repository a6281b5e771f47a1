package org.dmabuf.negotiation;

/**
 * Who rules a candidate out, and why. Plain data.
 *
 * @param who the name of the device, or of the exporter itself; never null
 * @param constraint what is not met, never null
 * @param asked what it would take, see {@link Constraint}
 * @param there what there is
 */
public record Refusal(String who, Constraint constraint, long asked, long there) {
  /** Returns it in words, such as {@code "camera0 has no NV12"}; never null. */
  public String sentence() {
    return who + " " + constraint.words(asked, there);
  }
}
