"""The client class of the seed document, unchanged, and a driver that shows what each of its methods returns.

Usage: python3 seed_client.py http://127.0.0.1:8083
"""
import asyncio
import json
import logging
import sys
import time
from typing import Any, Dict

import aiohttp

logger = logging.getLogger(__name__)


class LangGraphMonitoring:
    """Integration with LangGraph monitoring service"""
    
    def __init__(self, monitoring_url: str = "http://192.168.1.137:8083"):
        self.monitoring_url = monitoring_url
        self.session = aiohttp.ClientSession()
    
    async def check_cluster_health(self) -> Dict[str, Any]:
        """Check overall cluster health"""
        try:
            async with self.session.get(f"{self.monitoring_url}/cluster_health") as response:
                if response.status == 200:
                    return await response.json()
                else:
                    return {"error": f"Monitoring service returned {response.status}"}
        except Exception as e:
            return {"error": f"Failed to reach monitoring service: {e}"}
    
    async def get_service_health(self, service_name: str) -> Dict[str, Any]:
        """Get health status for specific service"""
        cluster_health = await self.check_cluster_health()
        
        if "services" in cluster_health:
            return cluster_health["services"].get(service_name, {"error": "Service not found"})
        else:
            return {"error": "Unable to get cluster health"}
    
    async def wait_for_healthy_cluster(self, timeout: int = 300) -> bool:
        """Wait for cluster to be healthy before starting workflows"""
        start_time = time.time()
        
        while time.time() - start_time < timeout:
            health = await self.check_cluster_health()
            
            if health.get("overall_status") == "healthy":
                return True
            elif health.get("overall_status") == "degraded":
                # Continue waiting but log warning
                logger.warning("Cluster is degraded, waiting for recovery...")
            else:
                logger.error(f"Cluster unhealthy: {health.get('alerts', [])}")
            
            await asyncio.sleep(10)
        
        return False
    
    async def get_best_llm_endpoint(self) -> str:
        """Get best available LLM endpoint based on health"""
        health = await self.check_cluster_health()
        
        if "services" in health:
            # Check Jetson first (preferred)
            jetson_health = health["services"].get("jetson_ollama", {}).get("health", {})
            if jetson_health.get("status") == "healthy":
                return "http://192.168.1.177:11434"
            
            # Fallback to CPU LLM
            cpu_health = health["services"].get("cpu_llama", {}).get("health", {})
            if cpu_health.get("status") == "healthy":
                return "http://192.168.1.81:8080"
        
        # Fallback to load balancer
        return "http://192.168.1.81:9000"


async def main(url: str) -> None:
    monitoring = LangGraphMonitoring(url)
    ready = await monitoring.wait_for_healthy_cluster(timeout=20)
    cluster = await monitoring.check_cluster_health()
    result = {
        "ready": ready,
        "overall_status": cluster.get("overall_status"),
        "tools": await monitoring.get_service_health("tools"),
        "nobody": await monitoring.get_service_health("nobody"),
        "best": await monitoring.get_best_llm_endpoint(),
    }
    await monitoring.session.close()
    print(json.dumps(result))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
