package org.dmabuf.planted.pipeline;

import java.io.IOException;
import java.util.Map;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Configures a pipeline, its devices and its source. */
@Component(
    service = {},
    immediate = true)
public final class Configured {
  /** Makes the configurations; called by DS when the bundle starts. */
  @Activate
  public Configured(@Reference ConfigurationAdmin admin) throws IOException {
    add(
        admin,
        "org.dmabuf.media.source",
        Map.of(
            "name", "planted", "location", "pattern", "width", 64, "height", 48, "format", "NV12"));
    add(
        admin,
        "org.dmabuf.v4l2.capture",
        Map.of("device", "capture0", "source.target", "(dmabuf.source=planted)"));
    add(admin, "org.dmabuf.display", Map.of("device", "display0"));
    add(
        admin,
        "org.dmabuf.pipeline",
        Map.of(
            "name",
            "planted",
            "capture.target",
            "(dmabuf.device=capture0)",
            "exporter.target",
            "(dmabuf.exporter=system)",
            "display.target",
            "(dmabuf.device=display0)",
            "width",
            64,
            "height",
            48,
            "format",
            "NV12",
            "rate",
            "60"));
  }

  private static void add(ConfigurationAdmin admin, String pid, Map<String, Object> properties)
      throws IOException {
    admin.createFactoryConfiguration(pid, "?").update(FrameworkUtil.asDictionary(properties));
  }
}
