package org.dmabuf.video.node;

import org.dmabuf.file.Ioctl;

/** The requests of video devices. Kernel counterpart: {@code include/uapi/linux/videodev2.h}. */
public final class V4l2Request {
  static final char TYPE = 'V';

  /** Tells what the device is. */
  public static final int QUERYCAP = Ioctl.read(TYPE, 0, 104);

  /** Tells the formats that it has, one by one. */
  public static final int ENUM_FMT = Ioctl.readWrite(TYPE, 2, 64);

  /** Tells the format that is set. */
  public static final int G_FMT = Ioctl.readWrite(TYPE, 4, 208);

  /** Sets the format there is that is nearest to what is asked. */
  public static final int S_FMT = Ioctl.readWrite(TYPE, 5, 208);

  /** Frees the buffers and makes others. */
  public static final int REQBUFS = Ioctl.readWrite(TYPE, 8, 20);

  /** Tells what a buffer is. */
  public static final int QUERYBUF = Ioctl.readWrite(TYPE, 9, 88);

  /** Gives a buffer to the device. */
  public static final int QBUF = Ioctl.readWrite(TYPE, 15, 88);

  /** Makes a dma-buf of a buffer. */
  public static final int EXPBUF = Ioctl.readWrite(TYPE, 16, 64);

  /** Takes a finished buffer back. */
  public static final int DQBUF = Ioctl.readWrite(TYPE, 17, 88);

  /** Begins a stream. */
  public static final int STREAMON = Ioctl.write(TYPE, 18, 4);

  /** Ends a stream. */
  public static final int STREAMOFF = Ioctl.write(TYPE, 19, 4);

  /** Tells the rate. */
  public static final int G_PARM = Ioctl.readWrite(TYPE, 21, 204);

  /** Sets the rate. */
  public static final int S_PARM = Ioctl.readWrite(TYPE, 22, 204);

  /** Tells a control's value. */
  public static final int G_CTRL = Ioctl.readWrite(TYPE, 27, 8);

  /** Sets a control. */
  public static final int S_CTRL = Ioctl.readWrite(TYPE, 28, 8);

  /** Tells what controls there are. */
  public static final int QUERYCTRL = Ioctl.readWrite(TYPE, 36, 68);

  /** Tells the names of a menu's values. */
  public static final int QUERYMENU = Ioctl.readWrite(TYPE, 37, 44);

  /** Tells what setting a format would set. */
  public static final int TRY_FMT = Ioctl.readWrite(TYPE, 64, 208);

  /** Tells the sizes of a format. */
  public static final int ENUM_FRAMESIZES = Ioctl.readWrite(TYPE, 74, 44);

  /** Takes the next event. */
  public static final int DQEVENT = Ioctl.read(TYPE, 89, 136);

  /** Subscribes to events. */
  public static final int SUBSCRIBE_EVENT = Ioctl.write(TYPE, 90, 32);

  /** Ends a subscription. */
  public static final int UNSUBSCRIBE_EVENT = Ioctl.write(TYPE, 91, 32);

  /** Adds buffers. */
  public static final int CREATE_BUFS = Ioctl.readWrite(TYPE, 92, 256);

  /** Maps a buffer for the device without giving it. */
  public static final int PREPARE_BUF = Ioctl.readWrite(TYPE, 93, 88);

  /** Removes buffers. */
  public static final int REMOVE_BUFS = Ioctl.readWrite(TYPE, 104, 64);

  /** Sets how a queue fences, which V4L2 itself has no request for. */
  public static final int SET_FENCING = Ioctl.write(TYPE, 192, 8);

  /**
   * Sets what every pitch is a multiple of, and has frames laid out as the framework does; 0 for
   * what the device began with. V4L2 has no request for it.
   */
  public static final int SET_PITCH_ALIGN = Ioctl.readWrite(TYPE, 193, 8);

  /** As DQBUF, and tells what the device knows of the frame; V4L2 has no request for it. */
  public static final int DQBUF_FRAME = Ioctl.readWrite(TYPE, 194, V4l2Ioctl.USER_HEAD);

  private V4l2Request() {}
}
