package org.dmabuf.video.node;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;

/**
 * What an open device does with the structures that programs give it, by request. One that this
 * kind of device does not have is ENOTTY, such as those of tuners, timings and VBI.
 *
 * <p>Thread-safe. Kernel counterpart: {@code video_ioctl2()}.
 */
final class NodeRequests {
  /** What is done for one request. */
  interface Handler {
    void call(FileTable caller, int request, MemorySegment argument);
  }

  private final NodeContext context;
  private final Map<Integer, Handler> handlers = new HashMap<>();

  NodeRequests(NodeContext context, NodeFile file) {
    this.context = context;
    BufferRequests buffers = new BufferRequests(context, file);
    FormatRequests formats = new FormatRequests(context);
    ControlRequests controls = new ControlRequests(context, file);
    put(V4l2Request.QUERYCAP, formats::queryCapabilities);
    put(V4l2Request.ENUM_FMT, formats::enumerate);
    put(V4l2Request.ENUM_FRAMESIZES, formats::enumerateSizes);
    put(V4l2Request.G_FMT, formats::get);
    put(V4l2Request.S_FMT, formats::set);
    put(V4l2Request.TRY_FMT, formats::attempt);
    put(V4l2Request.G_PARM, formats::getRate);
    put(V4l2Request.S_PARM, formats::setRate);
    put(V4l2Request.SET_PITCH_ALIGN, formats::setPitchAlign);
    put(V4l2Request.REQBUFS, buffers::request);
    put(V4l2Request.CREATE_BUFS, buffers::create);
    put(V4l2Request.REMOVE_BUFS, buffers::remove);
    put(V4l2Request.QUERYBUF, buffers::query);
    put(V4l2Request.PREPARE_BUF, buffers::prepare);
    put(V4l2Request.QBUF, buffers::queue);
    put(V4l2Request.DQBUF, buffers::dequeue);
    put(V4l2Request.DQBUF_FRAME, buffers::dequeueFrame);
    put(V4l2Request.EXPBUF, buffers::export);
    put(V4l2Request.STREAMON, buffers::streamOn);
    put(V4l2Request.STREAMOFF, buffers::streamOff);
    put(V4l2Request.SET_FENCING, buffers::setFencing);
    put(V4l2Request.QUERYCTRL, controls::query);
    put(V4l2Request.QUERYMENU, controls::queryMenu);
    put(V4l2Request.G_CTRL, controls::get);
    put(V4l2Request.S_CTRL, controls::set);
    put(V4l2Request.SUBSCRIBE_EVENT, controls::subscribe);
    put(V4l2Request.UNSUBSCRIBE_EVENT, controls::unsubscribe);
    put(V4l2Request.DQEVENT, controls::dequeueEvent);
  }

  private void put(int request, Handler handler) {
    handlers.put(Ioctl.number(request), handler);
  }

  /** Whether a request is one for devices of this kind at all. */
  boolean isOurs(int request) {
    return Ioctl.type(request) == V4l2Request.TYPE;
  }

  /** Whether a request is answered when the driver has gone, too: what was done can be had. */
  boolean outlivesTheDriver(int request) {
    int number = Ioctl.number(request);
    return number == Ioctl.number(V4l2Request.DQBUF)
        || number == Ioctl.number(V4l2Request.DQBUF_FRAME);
  }

  /** Does what a request asks; ENOTTY for one that this device does not have. */
  void call(FileTable caller, int request, MemorySegment argument) {
    Handler handler = handlers.get(Ioctl.number(request));
    if (handler == null) {
      throw new DmaBufException(
          Errno.ENOTTY, "Video device %s has no ioctl 0x%x".formatted(context.name(), request));
    }
    handler.call(caller, request, argument);
  }
}
