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
 * A video node that shows a test picture. Without a configuration there is one, {@code vivid-cap};
 * factory configurations make others with other names.
 *
 * <p>Thread-safe. Kernel counterpart: {@code drivers/media/test-drivers/vivid}.
 */
@Component(
    service = DeviceNode.class,
    configurationPid = "org.dmabuf.vivid.capture",
    property = DeviceNode.NAME + "=" + VividCapture.NODE)
@Designate(ocd = VividCaptureConfig.class)
public final class VividCapture implements DeviceNode {
  static final String NODE = "vivid-cap";

  private final VideoNode node;

  /**
   * Starts the device.
   *
   * @throws DmaBufException EINVAL for a configuration that does not work
   */
  @Activate
  public VividCapture(@Reference DmaBufRegistry registry, VividCaptureConfig config) {
    VideoNodeInfo info =
        new VideoNodeInfo(
            config.dmabuf_node(),
            NodeConfiguration.DRIVER,
            NodeRole.CAPTURE,
            config.multiplanar() ? VideoNodeInfo.Planes.MULTI : VideoNodeInfo.Planes.SINGLE,
            NodeConfiguration.formats(config.formats()),
            SizeRange.VIVID,
            new QueueLimits(config.buffers_min(), config.buffers_start(), config.buffers_max()),
            config.fencing(),
            NodeConfiguration.periodNanos(config.rate()),
            VideoNodeInfo.Holding.NONE);
    PatternDriver driver = new PatternDriver();
    node =
        new VideoNode(
            registry,
            info,
            config.memory().of(registry, config.exporter_name(), config.dmabuf_node()),
            driver);
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
