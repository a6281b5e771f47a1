package org.dmabuf.importer.v4l2;

import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.video.node.NodeRole;
import org.dmabuf.video.node.SizeRange;
import org.dmabuf.video.node.VideoNode;
import org.dmabuf.video.node.VideoNodeInfo;
import org.dmabuf.video.queue.QueueLimits;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * A video node that makes frames of frames: other sizes, other formats, turned and mirrored. Every
 * program that opens it has a context of its own. Without a configuration there is one, {@code
 * vim2m}; factory configurations make others with other names.
 *
 * <p>Thread-safe. Kernel counterpart: {@code drivers/media/test-drivers/vim2m.c}.
 */
@Component(
    service = DeviceNode.class,
    configurationPid = "org.dmabuf.vim2m",
    property = DeviceNode.NAME + "=" + VideoConverter.NODE)
@Designate(ocd = VideoConverterConfig.class)
public final class VideoConverter implements DeviceNode {
  static final String NODE = "vim2m";
  private static final String DRIVER = "vim2m";

  private final VideoNode node;

  /**
   * Starts the device.
   *
   * @throws DmaBufException EINVAL for a configuration that does not work
   */
  @Activate
  public VideoConverter(@Reference DmaBufRegistry registry, VideoConverterConfig config) {
    VideoNodeInfo info =
        new VideoNodeInfo(
            config.dmabuf_node(),
            DRIVER,
            NodeRole.CONVERTER,
            config.multiplanar() ? VideoNodeInfo.Planes.MULTI : VideoNodeInfo.Planes.SINGLE,
            NodeConfiguration.formats(config.formats()),
            SizeRange.VIVID,
            new QueueLimits(config.buffers_min(), 0, config.buffers_max()),
            config.fencing(),
            0,
            VideoNodeInfo.Holding.NONE);
    node =
        new VideoNode(
            registry,
            info,
            config.memory().of(registry, config.exporter_name(), config.dmabuf_node()),
            new ConverterDriver(config.filter()));
  }

  /** Takes the device away; called by DS. */
  @Deactivate
  public void stop() {
    node.close();
  }

  @Override
  public String name() {
    return node.name();
  }

  @Override
  public int open(FileTable caller, int flags) {
    return node.open(caller, flags);
  }
}
