package org.dmabuf.video.node;

/**
 * Something that happened at a device. Kernel counterpart: {@code struct v4l2_event}.
 *
 * @param type see the constants
 * @param id the control's number, for {@link #CONTROL}; else 0
 * @param value what the control is now; else 0
 * @param sequence counts a file's events, from 0
 * @param timestampNanos on the product's clock, in ns
 */
public record VideoEvent(int type, int id, int value, long sequence, long timestampNanos) {
  /** The last frame was handed out. */
  public static final int END_OF_STREAM = 2;

  /** A control has another value, or a button was pressed. */
  public static final int CONTROL = 3;

  /** Of a subscription: tells at once what the control is now. */
  public static final int SEND_INITIAL = 0x1;

  /** Of a subscription: tells also of what this file itself sets. */
  public static final int ALLOW_FEEDBACK = 0x2;
}
